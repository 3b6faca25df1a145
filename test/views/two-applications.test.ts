/** Options of views belong to an application: two of them in one process never change what the other sends. */
import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import { gable, html, raw } from "gable";
import type { GableOptions, ViewOptions } from "gable";
import { createTestClient } from "gable/testing";
import { attributes, element, sanitizer, svg } from "gable/views";
import { silentLogger } from "../silent-logger.ts";
import { ProjectFolder } from "./project-folder.ts";

const folders: ProjectFolder[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) folder.remove();
});

/** Made before any application exists, and shown by both. */
const shared = html`<p title="${"{{t}}"}">  a   ${"{{x}}"}<!-- note --></p>`;
const handler = html`<a onclick="${raw`go()`}">`;
const link = html`<a data-link="${"javascript:1"}">x</a>`;
const late = async <Value>(value: Value): Promise<Value> => {
  await new Promise((resolve) => setTimeout(resolve, 2));
  return value;
};
async function* pieces(): AsyncGenerator<string> {
  for (const piece of ["{{1}}", "{{2}}"]) yield await late(piece);
}
const clean = sanitizer((text) => text);

/** Pages by name, each with what an application sends without options and with all of them: a page, or the code of an error. */
const pages: ReadonlyArray<readonly [name: string, make: () => unknown, plain: string, special: string]> = [
  ["a template", () => shared, '<p title="{{t}}">  a   {{x}}</p>', '<p title="{ {t}}"> a <!-- -->{<!-- -->{x}}</p>'],
  ["text that is raw", () => html`${raw("<b>")}`, "<b>", "E_VIEW_UNSAFE"],
  ["sanitised text", () => html`${clean("<b>")}`, "<b>", "<b>"],
  ["a handler", () => handler, "E_VIEW_PLACE", '<a onclick="go()">'],
  ["an attribute with a class", () => link, '<a data-link="javascript:1">x</a>', '<a data-link="about:invalid#blocked">x</a>'],
  [
    "attributes()",
    () => html`<a ${attributes({ "data-link": "javascript:1", title: "{{" })}>`,
    '<a data-link="javascript:1" title="{{">',
    '<a data-link="about:invalid#blocked" title="{ { ">',
  ],
  [
    "element()",
    () => element("p", { "data-link": "javascript:1" }, "{{"),
    '<p data-link="javascript:1">{{</p>',
    '<p data-link="about:invalid#blocked"><!-- -->{<!-- -->{<!-- --></p>',
  ],
  ["a drawing", () => svg`<g>  ${"{{"}</g>`, "<g>  {{</g>", "<g> <!-- -->{<!-- -->{<!-- --></g>"],
  [
    "a value that comes later",
    () => html`<p>  ${late("{{x}}")}${late(html`<b>  ${"{{"}</b>`)}`,
    "<p>  {{x}}<b>  {{</b>",
    "<p> <!-- -->{<!-- -->{x}}<b> <!-- -->{<!-- -->{<!-- --></b>",
  ],
  ["values that come one by one", () => html`${pieces()}`, "{{1}}{{2}}", "<!-- -->{<!-- -->{1}}<!-- -->{<!-- -->{2}}"],
];
const file =
  "<p title='{{ v }}'>  {{ v }}{{ v|upper }}{{ ('<b>'|safe if raw) ~ v }}{{ v|urlize }}</p><i>{{ await p }}</i><b {{ await a }}></b>";
const plainFile = '<p title="{{v}}">  {{v}}{{V}}{{v}}{{v}}</p><i>{{p}}</i><b data-link="javascript:1"></b>';
const split = (text: string): string => text.replaceAll("{{", "<!-- -->{<!-- -->{");
const specialFile = `<p title="{ {v}}">${split(" {{v}}{{V}}{{v}}{{v}}</p><i>{{p}}")}</i><b data-link="about:invalid#blocked"></b>`;

const special: ViewOptions = {
  mustache: "split",
  raw: "strict",
  inlineHandlers: true,
  foldBlanks: true,
  attributes: { "data-link": "url" },
};

function createApp(views: ViewOptions, mode: GableOptions["mode"] = "test") {
  const folder = new ProjectFolder({ "views/a.html": file });
  folders.push(folder);
  const app = gable({ mode, logger: silentLogger, views: { directories: [folder.views], ...views } });
  pages.forEach(([, make], index) => app.get(`/${index}`, () => make() as never));
  app.get("/file", ({ view }) =>
    view("a.html", { v: "{{v}}", raw: false, p: late("{{p}}"), a: late(attributes({ "data-link": "javascript:1" })) }),
  );
  return createTestClient(app);
}

async function assertSends(client: ReturnType<typeof createApp>, column: 2 | 3): Promise<void> {
  // All at the same time: streams of both applications are open while the other one renders.
  await Promise.all(
    pages.map(async (page, index) => {
      const reply = await client.get(`/${index}`).catch((error: { code?: string }) => ({ body: error.code }));
      assert.equal(reply.body, page[column], page[0]);
    }),
  );
  assert.equal((await client.get("/file")).body, column === 2 ? plainFile : specialFile);
}

describe("two applications in one process", () => {
  for (const order of ["plain first", "special first"])
    it(`each escape by their own options, ${order}`, async () => {
      const makers = [() => createApp({}), () => createApp(special)];
      const clients =
        order === "plain first"
          ? makers.map((make) => make())
          : makers
              .toReversed()
              .map((make) => make())
              .toReversed();
      for (let round = 0; round < 3; round++) {
        await Promise.all([assertSends(clients[0]!, 2), assertSends(clients[1]!, 3)]);
      }
    });

  it("keep comments in development only", async () => {
    const [development, production] = [createApp({}, "development"), createApp({})];
    assert.match((await development.get("/0")).body, /<!-- note -->/);
    assert.doesNotMatch((await production.get("/0")).body, /note/);
  });
});
