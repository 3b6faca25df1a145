/** Types of queries: what must compile, and what must not. Checked by tsc, never run. */
import { field as f, Model } from "../../src/data.ts";
import { and, not, or, skip } from "../../src/data/tree/filter.ts";
import { sql, when } from "../../src/data/tree/functions.ts";
import type { Insert, Where, WithoutRelations, WithRelations } from "../../src/data/tree/query-types.ts";
import { transaction } from "../../src/data/run/transaction.ts";
import { Author, Book, Line, Order, Profile } from "./library-models.ts";
import { Tag } from "./tag-model.ts";

type Equal<First, Second> = (<Type>() => Type extends First ? 1 : 2) extends <Type>() => Type extends Second ? 1 : 2 ? true : false;
const assertType = <_Check extends true>(): void => undefined;

function dates(): void {
  Book.where().values((book) => {
    const start = book.created.truncate("week", "Europe/Berlin").add({ months: 1, days: -1, hours: 2 }, "Europe/Berlin").sub({ weeks: 1 });
    assertType<Equal<(typeof start)["$value"], Date>>();
    // @ts-expect-error an unknown unit
    book.created.truncate("decade");
    // @ts-expect-error an unknown part of a span
    book.created.add({ fortnights: 1 });
    // @ts-expect-error a part that is not a number
    book.created.add({ days: "1" });
    // @ts-expect-error a number is not a span
    book.created.add(1);
    // @ts-expect-error a datetime is not a span
    book.created.sub(book.created);
    // @ts-expect-error numbers have no spans
    book.pages.add({ days: 1 });
    // @ts-expect-error numbers have no units
    book.pages.truncate("week");
    return { start };
  });
  class Stay extends Model("stays", { id: f.id(), day: f.date() }) {}
  Stay.where().values((stay) => {
    const start = stay.day.truncate("quarter").add({ months: 1 }).sub({ days: 1 });
    assertType<Equal<(typeof start)["$value"], string>>();
    // @ts-expect-error days have no hours
    stay.day.truncate("hour");
    // @ts-expect-error days have no hours
    stay.day.add({ hours: 1 });
    // @ts-expect-error days have no zones
    stay.day.add({ days: 1 }, "Europe/Berlin");
    return { start };
  });
}
void dates;

async function reading(): Promise<void> {
  const book = await Book.get(1);
  assertType<Equal<typeof book, Book>>();
  assertType<Equal<(typeof book)["authorId"], number>>();
  assertType<Equal<Profile["authorId"], number>>();
  const author = await book.author;
  assertType<Equal<typeof author, Author>>();
  assertType<Equal<typeof author.initials, string>>();
  const mentor = await author.mentor;
  assertType<Equal<typeof mentor, Author | null>>();
  assertType<Equal<typeof author.mentor.id, number | null>>();
  const tags = await book.tags;
  assertType<Equal<typeof tags, Tag[]>>();
  const maybe = await Book.find({ slug: "x" });
  assertType<Equal<typeof maybe, Book | undefined>>();
  await Line.get({ orderNumber: 1, line: 2 });
  await Profile.get("0190163d-8694-739b-aea5-966c26f8ad91");

  const union = await Book.where().union(Book.where({ pages: 1 }));
  const title: string | undefined = union[0]?.title;
  // @ts-expect-error rows of another model
  Book.where().union(Author.where());
  void title;
  const [row] = await Book.where().select({
    id: true,
    title: true,
    authorId: true,
    author: { name: true, mentor: { id: true } },
    tags: { name: true },
  });
  assertType<
    Equal<
      typeof row,
      | {
          id: number;
          title: string;
          authorId: number;
          author: { name: string; mentor: { id: number } | null };
          tags: Array<{ name: string }>;
        }
      | undefined
    >
  >();
  const [loaded] = await Book.where().with({
    author: { with: { mentor: true } },
    tags: { limit: 3, orderBy: "name", where: { name: "x" } },
  });
  assertType<Equal<NonNullable<typeof loaded>["tags"], readonly Tag[]>>();
  void loaded?.author.mentor?.initials;
  const [value] = await Book.where().values((each) => ({
    upper: each.title.upper(),
    pages: each.pages.add(1),
    name: each.author.name,
    year: each.created.year(),
  }));
  assertType<Equal<typeof value, { upper: string; pages: number; name: string; year: number } | undefined>>();
  const ids = await Book.where().pluck("authorId");
  assertType<Equal<typeof ids, number[]>>();
  const totals = await Book.aggregate((books) => ({ total: books.price.sum(), count: books.count(), first: books.created.min() }));
  assertType<Equal<typeof totals, { total: string | null; count: number; first: Date | null }>>();
  const [noted] = await Author.where().annotate((each) => ({ bookCount: each.books.count() }));
  assertType<Equal<NonNullable<typeof noted>["bookCount"], number>>();
  void noted?.initials;
  const kind = await Book.where().values((each) => ({ kind: when(each.pages.gt(5), "thick").else("thin"), raw: sql<number>`1` }));
  assertType<Equal<(typeof kind)[number]["kind"], string>>();
  assertType<Equal<(typeof kind)[number]["raw"], number>>();
  const page = await Book.orderBy("-created", "title").page({ size: 20 });
  assertType<Equal<(typeof page)["items"], readonly Book[]>>();
  const result = await transaction(async () => Book.count());
  assertType<Equal<typeof result, number>>();
}

function filtering(name: string | undefined): void {
  void Book.where({
    author: { status: "active" },
    tags: { some: { name: { in: ["ts"] } } },
    pages: { gte: 1, lt: 5 },
    [or]: [{ id: 1 }, { title: { contains: "x" } }],
  });
  void Book.where().where({
    title: name ?? skip,
    [not]: { pages: 1 },
    [and]: [(book) => book.pages.gt(book.author.books.pages.avg().coalesce(0))],
  });
  const joined: Promise<{ titles: string | null }> = Author.aggregate((author) => ({
    titles: author.name.stringAggregate(", ", { distinct: true, where: author.id.gt(1), orderBy: [author.name.desc(), author.id] }),
  }));
  void joined;
  // @ts-expect-error numbers are not strings
  void Book.where().values((book) => ({ a: book.pages.stringAggregate(", ") }));
  // @ts-expect-error a separator is required
  void Book.where().values((book) => ({ a: book.title.stringAggregate() }));
  void Author.where({ mentor: null, mentorId: { isNull: true }, email: null });
  void Book.where({ author: new Author() }, { author: 3 }, { id: { in: Book.where().pluck("id") } });
  const reusable: Where<typeof Book> = { meta: { path: ["lang"], eq: "en" } };
  void Book.where(reusable);

  // @ts-expect-error an unknown column
  void Book.where({ titel: "x" });
  // @ts-expect-error undefined is not a condition
  void Book.where({ title: name });
  // @ts-expect-error a wrong type in a nested filter
  void Book.where({ author: { name: 5 } });
  // @ts-expect-error an operator of texts on a number
  void Book.where({ pages: { contains: "5" } });
  // @ts-expect-error the same in a callback
  void Book.where((book) => book.pages.contains("5"));
  // @ts-expect-error not a key of the choice
  void Book.where({ author: { status: "gone" } });
  // @ts-expect-error a relation to many rows needs a word
  void Book.where({ tags: { name: "x" } });
  // @ts-expect-error null where a column is always there
  void Book.where({ title: null });
  // @ts-expect-error a row of another model
  void Book.where({ author: new Tag() });
  // @ts-expect-error a callback must give a condition
  void Book.where((book) => book.pages);
  // @ts-expect-error an order by an unknown column
  void Book.orderBy("titel");
  // @ts-expect-error an unknown relation
  void Book.where().with({ autor: true });
  // @ts-expect-error an unknown column of a selection
  void Book.where().select({ titel: true });
  // @ts-expect-error A misspelt name next to one that exists.
  void Book.where().select({ title: true, autor: { name: true } });
  // @ts-expect-error A misspelt name of a relation's column.
  void Book.where().select({ title: true, author: { name: true, nmae: true } });
  // @ts-expect-error A misspelt name two relations deep.
  void Book.where().select({ title: true, author: { books: { title: true, titel: true } } });
  // @ts-expect-error a string as SQL
  void sql("SELECT 1");
  // @ts-expect-error a key of the wrong type
  void Book.get("1");
  // @ts-expect-error a query of texts for numbers
  void Book.where({ id: { in: Book.where().pluck("title") } });
}

async function writing(): Promise<void> {
  const author = await Author.create({ name: "x" });
  const book = await Book.create({ title: "x", price: "1", meta: { lang: "en" }, author });
  await Book.create({ title: "x", price: "1", meta: { lang: "en" }, author: 3, pages: undefined });
  await Book.where({ id: 1 }).update({ pages: (each) => each.pages.add(1), author: 3, title: "y" });
  book.set({ author, pages: 3 });
  const insert: Insert<typeof Book> = { title: "x", price: "1", meta: { lang: "en" }, author };
  await Book.createMany([insert]);
  await author.books.create({ title: "x" });
  await book.tags.add([1, new Tag()]);
  await Order.create({ number: 1 });

  // @ts-expect-error a column that must be given
  await Book.create({ price: "1", meta: { lang: "en" }, author });
  // @ts-expect-error a relation that must be given
  await Book.create({ title: "x", price: "1", meta: { lang: "en" } });
  // @ts-expect-error a getter is not a column
  await Author.create({ name: "x", initials: "X" });
  // @ts-expect-error a row of another model
  await Book.create({ title: "x", price: "1", meta: { lang: "en" }, author: book });
  // @ts-expect-error a wrong type
  await Book.where({ id: 1 }).update({ pages: "5" });
  // @ts-expect-error an expression of the wrong type
  await Book.where({ id: 1 }).update({ pages: (each) => each.title });
  // @ts-expect-error relations are read alone
  book.author = author;
  // @ts-expect-error not loaded: it must be awaited
  void book.author.name;
  // @ts-expect-error an unknown field
  book.set({ titel: "x" });
  // @ts-expect-error a tag of another model
  await book.tags.add(author);
}

void [reading, filtering, writing];

/** Functions that take rows, whichever of their relations are loaded. */
function describeBook(book: WithoutRelations<Book>): string {
  // @ts-expect-error relations are left out
  void book.author;
  return book.title + book.slug;
}
function describeAuthor(book: WithRelations<Book, "author" | "tags">): string {
  // @ts-expect-error the mentor of the author is not loaded
  void book.author.mentor.name;
  return book.author.name + book.tags.map(({ name }) => name).join();
}
/** Takes rows whose author is loaded, with any relations of the author. */
function describeDeep(book: WithoutRelations<Book> & { readonly author: WithoutRelations<Author> }): string {
  return book.title + book.author.name;
}
async function passingDeep(): Promise<void> {
  const shallow = await Book.where().with({ author: true }).all();
  const deep = await Book.where()
    .with({ author: { with: { mentor: { with: { mentor: true } } } } })
    .all();
  const authors = await Author.where()
    .with({ books: { with: { author: true } } })
    .all();
  [...shallow, ...deep].map(describeDeep);
  await Promise.all(authors.map(async ({ books }) => Promise.resolve(books.map(describeDeep))));
  new Map(deep.map((row) => [row.id, row])).forEach(describeDeep);
  const later: Promise<WithoutRelations<Book> | undefined> = Book.where().with({ author: true }).first();
  // @ts-expect-error the author is not loaded
  describeDeep(await Book.get(1));
  void [later, describeBook(deep[0]!), deep[0]!.author.mentor?.mentor?.name];
}
void passingDeep;
// @ts-expect-error a column is not a relation
type _Wrong = WithRelations<Book, "title">;

async function passing(): Promise<void> {
  const plain = await Book.get(1);
  const [loaded] = await Book.where().with({ author: true, tags: true });
  const [partly] = await Book.where().with({ author: { with: { mentor: true } } });
  describeBook(plain);
  describeBook(loaded!);
  describeBook(partly!);
  describeAuthor(loaded!);
  // @ts-expect-error its author is not loaded
  describeAuthor(plain);
  // @ts-expect-error its tags are not loaded
  describeAuthor(partly!);
}
void passing;
