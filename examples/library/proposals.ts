/** Proposals of visitors: rows of the database, and their cover images as files. */
import { mkdir } from "node:fs/promises";
import type { UploadedFile } from "gable";
import { z } from "zod";
import { Proposal } from "./models.ts";

/** What a visitor proposes. */
export const proposalSchema = z.object({
  title: z.string().trim().min(1, "Give the title of the book.").max(200, "Use at most 200 characters."),
  author: z.string().trim().min(1, "Give the name of the author.").max(200, "Use at most 200 characters."),
  year: z
    .union(
      [
        z.number(),
        z
          .string()
          .trim()
          .regex(/^-?[0-9]{1,4}$/)
          .transform(Number),
      ],
      "Give the year as a number.",
    )
    .pipe(
      z
        .number()
        .int("Give a whole year.")
        .min(-3000, "No book is that old.")
        .max(new Date().getUTCFullYear(), "That year is not over yet."),
    ),
  language: z.string().regex(/^[a-z]{2,3}$/, "Choose a language."),
  reason: z.string().trim().min(10, "Say in at least 10 characters why it should be here.").max(2000, "Use at most 2,000 characters."),
});

/** The cover of a proposal: checked by its content. */
export const coverField = { bytesMax: 2 * 1_048_576, accept: ["image/png", "image/jpeg", "image/webp"] } as const;

const extensions: Readonly<Record<string, string>> = { "image/png": "png", "image/jpeg": "jpg", "image/webp": "webp" };

/** Folder of the cover images. */
export async function openCovers(dataFolder: string): Promise<string> {
  const folder = `${dataFolder}/covers`;
  await mkdir(folder, { recursive: true });
  return folder;
}

/** Stores a proposal. Its cover is on the disk before the row tells of it. */
export async function addProposal(data: z.infer<typeof proposalSchema>, coverFolder: string, cover?: UploadedFile): Promise<Proposal> {
  const name = cover === undefined ? null : `${crypto.randomUUID()}.${extensions[cover.type]}`;
  if (cover !== undefined) await cover.saveTo(`${coverFolder}/${name}`);
  return Proposal.create({ ...data, cover: name });
}
