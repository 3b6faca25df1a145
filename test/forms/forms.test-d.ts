/** Types of forms: what they give, and the mistakes that must not compile. */
import { post, page, redirect } from "gable";
import type { InvalidForm, UploadedFile, ValidForm } from "gable";
import { field as c, Model } from "gable/data";
import { field as f, form, inlineSet, modelForm } from "gable/forms";
import type { FormValues } from "gable/forms";
import { Photo, Post, postForm, Tag, User } from "./models.ts";

type Equal<First, Second> = (<Value>() => Value extends First ? 1 : 2) extends <Value>() => Value extends Second ? 1 : 2 ? true : false;
function assertType<Condition extends true>(): Condition | undefined {
  return undefined;
}

const fileModelForm = modelForm(Model("typed_files", { id: c.id(), cover: c.file({ null: true }), scan: c.file() }), {
  fields: ["cover", "scan"],
  override: { scan: { accept: ["application/pdf"], bytesMax: 1_000 } },
});
assertType<Equal<FormValues<typeof fileModelForm>["cover"], UploadedFile | null | undefined>>();
assertType<Equal<FormValues<typeof fileModelForm>["scan"], UploadedFile | undefined>>();

const contactForm = form({
  email: f.email(),
  topic: f.choice({ sales: "Sales", support: "Support" }),
  message: f.text({ lines: 6, min: 10, max: 4_000 }),
  attachment: f.file({ optional: true }),
  photos: f.files(),
  age: f.int({ optional: true }),
  tags: f.choices({ a: "A", b: "B" }),
  isOn: f.boolean({ optional: true }),
  known: f.boolean({ unknown: true }),
  at: f.datetime(),
  address: f.group({ street: f.text(), zip: f.text({ optional: true }) }),
  lines: f.set({ product: f.text(), amount: f.int() }),
  author: f.relation(User, { optional: true }),
});
assertType<
  Equal<
    FormValues<typeof contactForm>,
    {
      email: string;
      topic: "sales" | "support";
      message: string;
      attachment: UploadedFile | null;
      photos: UploadedFile[];
      age: number | null;
      tags: Array<"a" | "b">;
      isOn: boolean;
      known: boolean | null;
      at: Date;
      address: { street: string; zip: string | null };
      lines: Array<{ product: string; amount: number }>;
      author: User | null;
    }
  >
>();

post("/contact", { form: contactForm }, ({ form: sent }) => {
  // @ts-expect-error data is there only once the form is known to be valid
  void sent.data;
  // @ts-expect-error a form by hand cannot be saved
  void sent.save;
  if (!sent.valid) return page(sent.render(), { status: sent.status });
  assertType<Equal<typeof sent.data, FormValues<typeof contactForm>>>();
  // @ts-expect-error the form has no such field
  void sent.data.nmae;
  // @ts-expect-error the form has no such field
  void sent.fields.nmae;
  return sent.data.email;
});

post("/posts", { form: postForm }, async ({ form: sent }) => {
  // @ts-expect-error an invalid form cannot be saved
  void sent.save;
  if (!sent.valid) return page(sent.render(), { status: sent.status });
  assertType<Equal<typeof sent.data.title, string>>();
  assertType<Equal<typeof sent.data.status, "draft" | "published">>();
  assertType<Equal<typeof sent.data.subtitle, string | null>>();
  assertType<Equal<typeof sent.data.tags, Tag[]>>();
  assertType<Equal<typeof sent.data.notify, boolean>>();
  assertType<Equal<typeof sent.data.photos, Array<{ image: string; caption: string | null }>>>();
  // @ts-expect-error a new post needs an author
  await sent.save();
  // @ts-expect-error a new post needs an author
  await sent.save({});
  // @ts-expect-error the title comes from the form
  await sent.save({ author: 1, title: "x" });
  // @ts-expect-error a tag is not an author
  await sent.save({ author: new Tag() });
  const stored = await sent.save({ author: new User(), isPinned: true });
  assertType<Equal<typeof stored, Post | null>>();
  // @ts-expect-error a tag is not a post
  await sent.saveTo(new Tag());
  await sent.saveTo(new Post());
  const [loaded] = await Post.where().with({ author: true, tags: true });
  await sent.saveTo(loaded!);
  await postForm.from(loaded!);
  return redirect("/");
});

// @ts-expect-error the model has no such field
modelForm(Post, { fields: ["title", "titel"] });
// @ts-expect-error the model has no such field
inlineSet(Photo, { fields: ["image", "cation"] });
// @ts-expect-error body is not in fields
modelForm(Post, { fields: ["title"], override: { body: { lines: 3 } } });
// @ts-expect-error there is no such option
modelForm(Post, { fields: ["title"], overide: {} });
// @ts-expect-error the model has no such field
void postForm.blank({ titel: "x" });
// @ts-expect-error texts have no digits
f.text({ digits: 3 });
// @ts-expect-error the initial value is one of the keys
f.choice({ a: "A" }, { initial: "b" });
// @ts-expect-error the form has no field "c"
form({ a: f.text(), b: f.text() }, { rules: [{ on: ["a", "c"], check: () => undefined }] });
// @ts-expect-error the form has no field "c"
form({ a: f.text() }, { validate: () => ({ c: "wrong" }) });
form(
  { a: f.int(), b: f.int({ optional: true }) },
  { rules: [{ on: ["a", "b"], check: ({ a, b }) => (b !== null && b < a ? "Too small." : undefined) }] },
);

const tagForm = modelForm(Tag, { fields: ["name"] });
void tagForm.parse({}).then((sent) => (sent.valid ? sent.save() : null));

post("/record", { form: { name: f.text(), age: c.int({ null: true }), cover: f.file({ optional: true }) } }, ({ form: sent }) => {
  assertType<
    Equal<
      typeof sent,
      | ValidForm<{ name: string; age: number | null; cover: UploadedFile | null }>
      | InvalidForm<{ name: string; age: number | null; cover: UploadedFile | null }>
    >
  >();
  return sent.valid ? sent.data.name : page(sent.render());
});

post("/json", { json: contactForm }, ({ json }) => {
  assertType<Equal<typeof json.topic, "sales" | "support">>();
  return json.email;
});
