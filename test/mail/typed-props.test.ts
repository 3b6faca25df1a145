/** Props of mails are checked by the compiler, against those that the views declare. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { ProjectFolder } from "../views/project-folder.ts";

const tsc = fileURLToPath(new URL("../../node_modules/typescript/bin/tsc", import.meta.url));

/** The types that a build writes for these views. */
const registry = `declare module "gable/views" {
  interface Views {
    "mail/both.html": { props: { name: string; count?: number }; output: import("gable/views").Html };
    "mail/both.txt": { props: { name: string; day: Date }; output: import("gable/views").PlainText };
    "mail/html.html": { props: { name: string }; output: import("gable/views").Html };
    "mail/text.txt": { props: { code: number }; output: import("gable/views").PlainText };
    "mail/none.html": { props: {}; output: import("gable/views").Html };
    "mail/optional.html": { props: { note?: string }; output: import("gable/views").Html };
    "page.html#row": { props: { id: number }; output: import("gable/views").Html };
    "feed.xml": { props: {}; output: import("gable/views").Xml };
  }
}
export {};
`;

const right: readonly string[] = [
  'view: "mail/both", props: { name: "Ann", day: new Date() }',
  'view: "mail/both", props: { name: "Ann", day: new Date(), count: 1 }, locale: "de"',
  'view: "mail/html", props: { name: "Ann" }',
  'view: "mail/text", props: { code: 1 }, attachments: []',
  'view: "mail/none"',
  'view: "mail/none", props: {}',
  'view: "mail/optional"',
  'view: "mail/optional", props: { note: "x" }',
  'text: "Hello"',
  'html: "<p>Hello</p>", text: "Hello"',
];
const wrong: readonly string[] = [
  'view: "mail/both"',
  'view: "mail/both", props: { name: "Ann" }',
  'view: "mail/both", props: { day: new Date() }',
  'view: "mail/html", props: { name: 1 }',
  'view: "mail/html", props: { name: "Ann", other: 1 }',
  'view: "mail/html.html", props: { name: "Ann" }',
  'view: "mail/htlm", props: { name: "Ann" }',
  'view: "mail/text", props: { code: "1" }',
  'view: "page.html#row", props: { id: 1 }',
  'view: "page", props: { id: 1 }',
  'view: "feed"',
  'text: "Hello", props: { name: "Ann" }',
  'text: "Hello", subjet: "typo"',
];

/** Returns the numbers of the lines with errors. */
async function compile(files: Readonly<Record<string, string>>): Promise<{ readonly lines: readonly number[]; readonly output: string }> {
  const project = new ProjectFolder(files);
  try {
    const output = await new Promise<string>((resolve) => {
      execFile(process.execPath, [tsc, "-p", ".", "--noEmit"], { cwd: project.path }, (_error, text) => resolve(text));
    });
    const lines = [...output.matchAll(/^calls\.ts\((\d+),/gm)].map(([, line]) => Number(line));
    assert.ok(lines.length > 0 || output.trim() === "", output);
    return { lines: [...new Set(lines)], output };
  } finally {
    project.remove();
  }
}

const toCalls = (calls: readonly string[], name: string): string =>
  ['import { sendMail } from "gable/mail";', ...calls.map((call) => `void ${name}({ to: "a@b.example", subject: "s", ${call} });`)].join(
    "\n",
  );

describe("the types of sendMail()", () => {
  for (const name of ["sendMail", "sendMail.later"])
    it(`${name} takes right props and refuses wrong ones`, async () => {
      const { lines, output } = await compile({ "views.ts": registry, "calls.ts": toCalls([...right, ...wrong], name) });
      assert.deepEqual(
        lines,
        wrong.map((_call, index) => right.length + index + 2),
        output,
      );
    });

  it("take any view and any props before the first generation", async () => {
    const loose = [...right, 'view: "mail/anything", props: { a: 1 }', 'view: "mail/anything"'];
    assert.deepEqual((await compile({ "calls.ts": toCalls(loose, "sendMail") })).lines, []);
  });
});
