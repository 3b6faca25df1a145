/** The template files of the designers' guide: they check clean as they are printed, and show what the guide says. */
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { gable, get } from "gable";
import { checkViews } from "gable/check";
import { createTestClient } from "gable/testing";
import { ProjectFolder } from "../views/project-folder.ts";
import { readDesignerViews } from "./designer-views.ts";

const books = [
  { id: 1, title: "Emma" },
  { id: 2, title: "Persuasion" },
];

/** Each file, what the program passes to it, and the HTML that comes out, without the blanks between tags. */
const shown: Readonly<Record<string, { props: Record<string, unknown>; html: string }>> = {
  "list.html": {
    props: { user: { name: "<Ada>" }, isOpen: false, books },
    html: '<p>Hello &lt;Ada&gt;</p><li class="odd">1. Emma</li><li class="even">2. Persuasion</li>',
  },
  "layout.html": { props: {}, html: "<title>Library</title><main></main><footer>2026</footer>" },
  "shelf.html": { props: {}, html: "<title>Books - Library</title><main><p>Hello</p></main><footer>2026</footer>" },
  "footer.html": { props: { year: 1999 }, html: "<footer>1999</footer>" },
  "forms.html": { props: {}, html: "" },
  "address.html": { props: {}, html: '<label>Your address <input name="email" type="email"></label>' },
  "books.html": {
    props: { books, newest: { id: 3, title: "Lodore" } },
    html: '<ul><li id="b1">Emma</li><li id="b2">Persuasion</li></ul><li id="b3">Lodore</li>',
  },
  "books.html#row": { props: { book: books[0] }, html: '<li id="b1">Emma</li>' },
  "card.html": { props: { title: "News" }, html: "<section><h2>News</h2><footer>No notes.</footer></section>" },
  "news.html": {
    props: {},
    html: '<section class="wide"><h2>News</h2><p>Something happened.</p><footer>Updated today.</footer></section>',
  },
  "welcome.html": { props: { name: "Ada", books }, html: "Welcome, Ada!<b>2</b> books" },
};

describe("docs/guides/templates-for-designers.md", () => {
  const views = readDesignerViews();
  const project = new ProjectFolder(views);
  after(() => project.remove());
  const names = Object.keys(shown);
  const app = gable({
    views: project.views,
    routes: Object.values(shown).map(({ props }, index) => get(`/${index}`, ({ view }) => view(names[index]!, props))),
  });
  after(() => app.close());

  it("shows template files without a mistake: designers may leave types out, which is a warning", () => {
    const problems = checkViews({ project: project.path, directories: ["views"] });
    const untyped = ["books", "footer", "list", "welcome"].map((name) => `views/${name}.html: untyped, warning`);
    assert.deepEqual(problems.map(({ file, code, severity }) => `${file}: ${code}, ${severity}`).toSorted(), untyped);
  });

  it("is tested file by file", () =>
    assert.deepEqual(
      Object.keys(views).map((path) => path.replace("views/", "")),
      names.filter((name) => !name.includes("#")),
    ));

  for (const [index, [name, { html }]] of Object.entries(shown).entries())
    it(`shows what ${name} puts out`, async () => {
      const reply = await createTestClient(app).get(`/${index}`);
      assert.equal(reply.body.trim().replace(/\s*\n\s*/g, ""), html);
    });
});
