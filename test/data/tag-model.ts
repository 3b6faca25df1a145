/** The other file of a pair of models that refer to each other. */
import { field as f } from "../../src/data/schema/field.ts";
import { Model } from "../../src/data/model.ts";
import { manyToMany } from "../../src/data/schema/relation.ts";
import { Book } from "./library-models.ts";

export class Tag extends Model("tags", {
  id: f.id(),
  name: f.text({ max: 50, unique: true }),
  books: () => manyToMany(Book),
}) {}
