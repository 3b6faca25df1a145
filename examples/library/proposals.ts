/** Proposals of visitors, kept on disk: one JSON line each, and their cover images as files. */
import { mkdir, open, readFile, truncate } from "node:fs/promises";
import type { UploadedFile } from "gable";
import { z } from "zod";

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

/** A stored proposal. */
export interface Proposal extends z.infer<typeof proposalSchema> {
  readonly id: number;
  /** Name of the cover's file; null without a cover. */
  readonly cover: string | null;
  readonly createdAt: string;
}

/** The cover of a proposal: checked by its content. */
export const coverField = { bytesMax: 2 * 1_048_576, accept: ["image/png", "image/jpeg", "image/webp"] } as const;

const extensions: Readonly<Record<string, string>> = { "image/png": "png", "image/jpeg": "jpg", "image/webp": "webp" };

/** Proposals in a folder. */
export class ProposalStore {
  readonly folder: string;
  #proposals: Proposal[] = [];
  /** Writes stand in a line, so that two proposals at once become two whole lines. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Opens the folder, and reads what is there. A line that a crash cut short was never acknowledged, and is left out. */
  static async open(folder: string): Promise<ProposalStore> {
    const store = new ProposalStore(folder);
    await mkdir(store.coverFolder, { recursive: true });
    const text = await readFile(store.#file, "utf8").catch(() => "");
    // Cut the torn line off, or the next proposal would be written behind it, on the same line.
    if (text !== "" && !text.endsWith("\n")) await truncate(store.#file, Buffer.byteLength(text.slice(0, text.lastIndexOf("\n") + 1)));
    store.#proposals = text
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Proposal);
    return store;
  }

  /** Folder of the cover images. */
  get coverFolder(): string {
    return `${this.folder}/covers`;
  }

  get #file(): string {
    return `${this.folder}/proposals.jsonl`;
  }

  /** All proposals, the newest first. */
  get all(): readonly Proposal[] {
    return this.#proposals.toReversed();
  }

  /** The newest proposals, newest first. */
  latest(count: number): readonly Proposal[] {
    return this.#proposals.slice(-count).toReversed();
  }

  /** The proposal with an id. */
  find(id: number): Proposal | undefined {
    return this.#proposals[id - 1];
  }

  /** Stores a proposal; it is on the disk when this resolves. */
  add(data: z.infer<typeof proposalSchema>, cover?: UploadedFile): Promise<Proposal> {
    const added = this.#last.then(() => this.#write(data, cover));
    this.#last = added.catch(() => undefined);
    return added;
  }

  async #write(data: z.infer<typeof proposalSchema>, cover: UploadedFile | undefined): Promise<Proposal> {
    const id = this.#proposals.length + 1;
    const name = cover === undefined ? null : `${id}-${crypto.randomUUID().slice(0, 8)}.${extensions[cover.type]}`;
    if (cover !== undefined) await cover.saveTo(`${this.coverFolder}/${name}`);
    const proposal: Proposal = { id, ...data, cover: name, createdAt: new Date().toISOString() };
    const file = await open(this.#file, "a");
    const { size } = await file.stat();
    try {
      await file.writeFile(`${JSON.stringify(proposal)}\n`);
      await file.sync();
    } catch (error) {
      await file.truncate(size);
      throw error;
    } finally {
      await file.close();
    }
    this.#proposals.push(proposal);
    return proposal;
  }
}
