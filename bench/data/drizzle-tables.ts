/** The tables of fixture.ts for Drizzle. */
import { bigint, boolean, date, doublePrecision, integer, numeric, pgTable, text, timestamp, varchar } from "drizzle-orm/pg-core";

export const authors = pgTable("authors", {
  id: bigint({ mode: "number" }).primaryKey().generatedByDefaultAsIdentity(),
  name: varchar({ length: 100 }).notNull(),
  email: varchar({ length: 254 }),
});
export const books = pgTable("books", {
  id: bigint({ mode: "number" }).primaryKey().generatedByDefaultAsIdentity(),
  title: varchar({ length: 200 }).notNull(),
  slug: varchar({ length: 50 }).notNull(),
  price: numeric({ precision: 8, scale: 2 }).notNull(),
  pages: integer().notNull(),
  status: varchar().notNull(),
  summary: text(),
  rating: doublePrecision(),
  isPublic: boolean("is_public").notNull(),
  published: date(),
  created: timestamp({ withTimezone: true, precision: 3 }).notNull(),
  authorId: bigint("author_id", { mode: "number" }).notNull(),
});
