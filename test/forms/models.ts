/** Models whose forms the tests use. */
import { belongsTo, field as c, hasMany, manyToMany, Model } from "gable/data";
import { field as f, inlineSet, modelForm } from "gable/forms";

export class User extends Model("form_users", {
  id: c.id(),
  name: c.text({ max: 50 }),
  email: c.email({ unique: true }),
  password: c.text({ max: 200, secret: true, default: "", blank: true }),
  isAdmin: c.boolean({ default: false, editable: false }),
}) {}

export class Tag extends Model("form_tags", { id: c.id(), name: c.text({ max: 50, unique: true }) }, { orderBy: "name" }) {}

export class Post extends Model(
  "form_posts",
  {
    id: c.id(),
    title: c.text({ max: 200, help: "Shown in lists." }),
    slug: c.slug({ from: "title", unique: true }),
    body: c.text(),
    status: c.choice({ draft: "Draft", published: "Published" }, { default: "draft" }),
    pages: c.int({ default: 1, min: 1 }),
    subtitle: c.text({ max: 50, null: true }),
    isPinned: c.boolean({ default: false }),
    version: c.int({ default: 0, editable: false }),
    author: () => belongsTo(User, { help: "Who wrote it." }),
    editor: () => belongsTo(User, { null: true }),
    tags: () => manyToMany(Tag),
    photos: () => hasMany(Photo),
  },
  {
    version: "version",
    checks: { fewPages: (post) => post.pages.lt(1000) },
    uniques: [{ on: ["author", "title"], message: "This author has a post with this title already." }],
    validate: ({ title, body }) => (title !== undefined && title === body ? { body: "The body only repeats the title." } : undefined),
  },
) {}

export class Photo extends Model("form_photos", {
  id: c.id(),
  image: c.text({ max: 50 }),
  caption: c.text({ max: 50, null: true, unique: true }),
  position: c.int({ default: 0, editable: false }),
  post: () => belongsTo(Post, { onDelete: "cascade" }),
}) {}

export const models = [User, Tag, Post, Photo];

export const postForm = modelForm(Post, {
  fields: ["title", "slug", "body", "status", "pages", "subtitle", "tags"],
  override: { body: { lines: 12, help: "Markdown." }, title: { messages: { too_long: "Shorter, please." } } },
  extra: { notify: f.boolean({ label: "Tell the followers" }) },
  sets: { photos: inlineSet(Photo, { fields: ["image", "caption"], max: 3, ordered: "position" }) },
  validate: (data) =>
    data.status === "published" && data.body.length < 5 ? { body: "A published post needs at least 5 characters." } : undefined,
});
