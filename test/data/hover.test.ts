/** What an editor shows of models and queries: types that a person can read. */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { it } from "node:test";
import { typescripts } from "../typescripts.ts";

/** The part of the compiler's interface that is used: TypeScript 7 has none. */
interface Compiler {
  readonly sys: { readonly readFile: (path: string) => string | undefined };
  readonly readConfigFile: (path: string, read: Compiler["sys"]["readFile"]) => { readonly config: object };
  readonly parseJsonConfigFileContent: (config: object, host: unknown, folder: string) => { readonly options: object };
  readonly getDefaultLibFilePath: (options: object) => string;
  readonly displayPartsToString: (parts: unknown) => string;
  readonly ScriptSnapshot: { readonly fromString: (text: string) => unknown };
  readonly createLanguageService: (host: object) => {
    readonly getQuickInfoAtPosition: (file: string, at: number) => { readonly displayParts: unknown } | undefined;
    readonly getSemanticDiagnostics: (file: string) => ReadonlyArray<{ readonly messageText: unknown }>;
  };
}

const source = `import { Author, Book } from "./library-models.ts";
import type { Tag } from "./tag-model.ts";
const book = await Book.get(1);
const found = await Book.find({ slug: "a" });
const list = await Book.where({ author: { name: "Ada" } }).orderBy("-created").limit(3);
const page = await Book.where().page({ size: 20 });
const loaded = await Book.where().with({ author: true }).first();
const selected = await Book.where().select({ id: true, title: true, author: { name: true } });
const values = await Book.where().values((row) => ({ title: row.title, pages: row.pages.add(1) }));
const totals = await Book.aggregate((row) => ({ total: row.price.sum(), pages: row.pages.avg() }));
const counted = await Author.where().annotate((author) => ({ bookCount: author.books.count() }));
const titles = await Book.where().pluck("title");
const author = book.author;
const tags = book.tags;
const made = await Book.create({ title: "T", price: "1", meta: { lang: "en" }, author: 1 });
const number = await Book.where({ pages: { gt: 3 } }).update({ pages: (row) => row.pages.add(1) });
const tag: Tag | undefined = (await tags)[0];
export { author, counted, found, list, loaded, made, number, page, selected, tag, titles, totals, values };
`;

const expected = {
  book: "Book",
  found: "Book | undefined",
  list: "Book[]",
  page: "Page<Book>",
  loaded: "Loaded<typeof Book, Book, { readonly author: true; }> | undefined",
  selected: "{ id: number; title: string; author: { name: string; }; }[]",
  values: "{ title: string; pages: number; }[]",
  totals: "{ total: string | null; pages: number | null; }",
  counted: "(Author & Readonly<{ bookCount: number; }>)[]",
  titles: "string[]",
  author: "Lazy<Author, number>",
  tags: "Related<typeof Tag, Tag>",
  made: "Book",
  number: "number",
  tag: "Tag | undefined",
};

const [oldest] = typescripts;

it("shows short and meaningful types in editors", { skip: oldest!.skip }, () => {
  const ts = createRequire(import.meta.url)(oldest!.folder) as Compiler; // The package of a compiler.
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const file = fileURLToPath(new URL("./hover-source.ts", import.meta.url));
  const { config } = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, root);
  const textOf = (name: string): string | undefined => (name === file ? source : ts.sys.readFile(name));
  const service = ts.createLanguageService({
    ...ts.sys,
    getScriptFileNames: () => [file],
    getScriptVersion: () => "1",
    getScriptSnapshot: (name: string) => {
      const text = textOf(name);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => root,
    getCompilationSettings: () => options,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    useCaseSensitiveFileNames: () => true,
    readFile: textOf,
    fileExists: (name: string) => textOf(name) !== undefined,
  });
  assert.deepEqual(
    service.getSemanticDiagnostics(file).map(({ messageText }) => messageText),
    [],
  );
  const shown = Object.fromEntries(
    [...source.matchAll(/^const (\w+)/gm)].map((match) => {
      const info = service.getQuickInfoAtPosition(file, match.index + "const ".length);
      const text = ts.displayPartsToString(info?.displayParts).replace(/^const \w+: /, "");
      return [match[1]!, text.replace(/\s+/g, " ")];
    }),
  );
  assert.deepEqual(shown, expected);
});
