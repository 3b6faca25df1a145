/** Sources of models and queries, in any number: for measuring what their types cost. */

/** A module of models in a chain, each with twelve columns and three relations, and of ten queries of each. */
export function writeModelSource(count: number, from: string): string {
  const lines = [`import { belongsTo, field as f, hasMany, manyToMany, Model } from "${from}";`];
  for (let index = 0; index < count; index++) lines.push(writeModel(index, count), writeQueries(index, count));
  return lines.join("\n");
}

function writeModel(index: number, count: number): string {
  const [next, before] = [(index + 1) % count, (index + count - 1) % count];
  return `
export class Model${index} extends Model("table${index}", {
  id: f.id(),
  name: f.text({ max: 100 }),
  slug: f.slug({ from: "name", unique: true }),
  email: f.email({ null: true }),
  count: f.int({ default: 0 }),
  price: f.decimal({ digits: 8, scale: 2 }),
  ratio: f.float({ null: true }),
  isGood: f.boolean({ default: false }),
  status: f.choice({ draft: "Draft", done: "Done" }, { default: "draft" }),
  day: f.date({ null: true }),
  meta: f.json<{ lang: string }>(),
  created: f.datetime({ auto: "create" }),
  next: () => belongsTo(Model${next}, { null: true }),
  before: () => hasMany(Model${before}, { by: "next" }),
  tags: () => manyToMany(Model${next}, { table: "tags${index}" }),
}) {
  get title(): string {
    return this.name + this.count;
  }
}`;
}

function writeQueries(index: number, count: number): string {
  const [model, next] = [`Model${index}`, `Model${(index + 1) % count}`];
  return `
export async function queries${index}() {
  const one = await ${model}.get(${index});
  const list = await ${model}.where({ status: "draft", count: { gt: 3 }, name: { startsWith: "a" } }).orderBy("-created", "id").limit(5);
  const nested = await ${model}.where({ next: { next: { name: "x" } }, tags: { some: { price: { gt: "5" } } } });
  const loaded = await ${model}.where({ before: { some: { count: 1 } } }).with({ next: { with: { next: true } }, before: { limit: 3 } });
  const selected = await ${model}.where().select({ id: true, name: true, next: { name: true }, tags: { id: true, slug: true } });
  const values = await ${model}.where((row) => row.count.gt(row.next.count)).values((row) => ({ name: row.name.upper(), next: row.next.name }));
  const annotated = await ${model}.where().annotate((row) => ({ number: row.before.count(), most: row.before.price.max() }));
  const made = await ${model}.create({ name: "x", price: "1", meta: { lang: "en" }, next: await ${next}.get(1) });
  const changed = await ${model}.where({ id: ${index} }).update({ count: (row) => row.count.add(1), status: "done" });
  const lazy = (await (await one.next)?.next)?.title;
  return [one.title, list[0]?.status, nested[0]?.created, loaded[0]?.next?.next?.title, selected[0]?.next?.name, values[0]?.name, annotated[0]?.number, made.id, changed, lazy];
}`;
}
