/** The tables of fixture.ts as models. */
import { belongsTo, field as f, hasMany, Model } from "gable/data";

export class Author extends Model("authors", {
  id: f.id(),
  name: f.text({ max: 100 }),
  email: f.email({ null: true }),
  books: () => hasMany(Book),
}) {}

export class Book extends Model("books", {
  id: f.id(),
  title: f.text({ max: 200 }),
  slug: f.slug({ from: "title" }),
  price: f.decimal({ digits: 8, scale: 2 }),
  pages: f.int(),
  status: f.choice({ draft: "Draft", published: "Published" }, { default: "draft" }),
  summary: f.text({ null: true }),
  rating: f.float({ null: true }),
  isPublic: f.boolean({ default: true }),
  published: f.date({ null: true }),
  created: f.datetime({ auto: "create" }),
  author: () => belongsTo(Author, { onDelete: "cascade" }),
}) {}
