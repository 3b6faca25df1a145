/** Columns of a book for TypeORM, but those of keys. */
import type { EntitySchemaColumnOptions } from "typeorm";

export const bookColumns = {
  title: { type: "varchar", length: 200 },
  slug: { type: "varchar", length: 50 },
  price: { type: "numeric", precision: 8, scale: 2 },
  pages: { type: "integer" },
  status: { type: "varchar" },
  summary: { type: "text", nullable: true },
  rating: { type: "double precision", nullable: true },
  isPublic: { type: "boolean", name: "is_public" },
  published: { type: "date", nullable: true },
  created: { type: "timestamptz", precision: 3 },
} as const satisfies Record<string, EntitySchemaColumnOptions>;
