/** What can be asked of the list of books, by pages and by programs. */
import { z } from "zod";
import type { Language } from "./languages.ts";
import { languageNames } from "./languages.ts";

/** A filter that was left blank means all. */
const blank = z
  .string()
  .regex(/^\s*$/)
  .transform(() => undefined);
const words = z.string().trim().min(1).max(200);

export const searchQuery = z.object({
  q: blank.or(words).optional(),
  language: blank.or(z.enum(Object.keys(languageNames) as Language[])).optional(),
  subject: blank.or(words).optional(),
  sort: z.enum(["title", "year", "author"]).optional(),
  page: z.coerce.number().int().min(1).max(10_000).optional(),
});

/** What a visitor searches for. */
export type SearchQuery = z.infer<typeof searchQuery>;
