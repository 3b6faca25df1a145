/** `gable errors` and `gable docs`: text, JSON, exit codes and the search. */
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { cutSections, searchSections } from "../../src/cli/docs-pages.ts";
import { catalogue } from "../../src/errors/catalogue.ts";
import { createTestProject } from "./project.ts";

const project = createTestProject({});
after(() => project.remove());

describe("gable errors", () => {
  for (const typed of ["E_HOSTS_MISSING", "e_hosts_missing", "hosts-missing", "HOSTS_MISSING"])
    it(`explains ${typed}`, async () => {
      const { code, out } = await project.run("errors", typed);
      assert.equal(code, 0);
      assert.match(out, /^## E_HOSTS_MISSING\n\nProduction needs a list of hosts\. Status 500/);
      assert.match(out, /\*\*Fix:\*\*/);
    });

  it("lists all codes without one", async () => {
    const { data } = await project.json("errors");
    const { codes } = data as { codes: ReadonlyArray<{ code: string; means: string }> }; // What the command prints.
    assert.deepEqual(new Set(codes.map(({ code }) => code)), new Set(Object.keys(catalogue)));
    assert.deepEqual(
      codes.find(({ code }) => code === "E_HOSTS_MISSING"),
      { code: "E_HOSTS_MISSING", means: "Production needs a list of hosts" },
    );
    assert.match((await project.run("errors")).out, /^CODE +MEANS\n/);
  });

  it("gives the page as JSON", async () => {
    const { code, data } = await project.json("errors", "E_APP_FILE");
    assert.equal(code, 0);
    assert.match((data as { markdown: string }).markdown, /^## E_APP_FILE\n/);
  });

  const wrong: ReadonlyArray<readonly [typed: string, message: RegExp]> = [
    ["E_HOSTS_MISING", /No error has the code "E_HOSTS_MISING"\.\n {2}fix: Run: npx gable errors E_HOSTS_MISSING\./],
    ["E_MY_OWN_CODE_OF_THE_SHOP", /fix: Run `npx gable errors` for the list/],
  ];
  for (const [typed, message] of wrong)
    it(`refuses ${typed}`, async () => {
      const { code, out, error } = await project.run("errors", typed);
      assert.match(error, message);
      assert.deepEqual([code, out], [2, ""]);
    });
});

describe("gable docs", () => {
  const finds: ReadonlyArray<readonly [words: readonly string[], heading: RegExp, file: string]> = [
    [["exit", "codes"], /Exit codes/, "docs/guides/command-line.md"],
    [["Write", "a", "session", "store"], /session store/, "docs/guides/own-session-store.md"],
    [["exit codes"], /Exit codes/, "docs/guides/command-line.md"],
  ];
  for (const [words, heading, file] of finds)
    it(`finds "${words.join(" ")}" first in ${file}`, async () => {
      const { code, out } = await project.run("docs", ...words);
      const [head = "", first = ""] = out.split("\n");
      assert.equal(code, 0);
      assert.match(head, /^NO +HEADING +FILE$/);
      assert.match(first, heading);
      assert.match(first, new RegExp(`${file}:\\d+$`));
    });

  it("prints one result, and gives results as JSON", async () => {
    assert.match((await project.run("docs", "exit", "codes", "--show", "1")).out, /^## Exit codes\n[^]*\| 130 \|/);
    const { data } = await project.json("docs", "exit", "codes", "--limit", "2");
    const { results } = data as { results: ReadonlyArray<{ heading: string; text: string }> }; // What the command prints.
    assert.equal(results.length, 2);
    assert.equal(results[0]!.heading, "Exit codes");
  });

  it("says how many more there are", async () => {
    assert.match((await project.run("docs", "session", "--limit", "1")).out, /\nAnd \d+ more: pass --limit, or more words\.\n/);
  });

  const wrong: ReadonlyArray<readonly [words: readonly string[], code: number, message: RegExp]> = [
    [["zzyzx"], 1, /docs\.nothing: No page has these words\./],
    [[], 2, /missing required argument 'words'/],
    [["session", "--limit", "0"], 2, /--limit is 0; it must be from 1 to 200/],
    [["session", "--limit", "201"], 2, /--limit is 201/],
    [["exit", "codes", "--show", "0"], 2, /--show is 0; there are results 1 to \d+/],
    [["exit", "codes", "--show", "9999"], 2, /--show is 9999/],
  ];
  for (const [words, expected, message] of wrong)
    it(`refuses ${words.join(" ")}`, async () => {
      const { code, out, error } = await project.run("docs", ...words);
      assert.match(error, message);
      assert.deepEqual([code, out], [expected, ""]);
    });
});

describe("the sections of a page", () => {
  const page = "# Cookies\n\nIntro.\n\n```sh\n# no heading\n```\n\n## Set a `cookie`\n\nplatform form\n\n~~~\n## no heading\n~~~\n";
  it("begin at headings outside of code", () => {
    assert.deepEqual(
      cutSections("a.md", page).map(({ line, page: title, heading }) => [line, title, heading]),
      [
        [1, "Cookies", "Cookies"],
        [9, "Cookies", "Set a cookie"],
      ],
    );
  });

  const searches: ReadonlyArray<readonly [words: readonly string[], headings: readonly string[]]> = [
    [["cookie"], ["Cookies", "Set a cookie"]],
    [["form"], ["Set a cookie"]],
    [["latform"], []],
    [["cookie", "intro"], ["Cookies"]],
    [
      ["cookie", "absent"],
      ["Cookies", "Set a cookie"],
    ],
    [["(", "*"], []],
    [[" "], []],
  ];
  for (const [words, headings] of searches)
    it(`are found by ${JSON.stringify(words)}`, () => {
      assert.deepEqual(
        searchSections(cutSections("a.md", page), words).map(({ heading }) => heading),
        headings,
      );
    });
});
