/** Things of which there are many, each kind in one place. A new one that lacks cases or documentation fails here by name. */
import assert from "node:assert/strict";
import { globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { field } from "../src/data.ts";
import { type BuiltInConverters, builtInConverters } from "../src/routing/converters.ts";
import { filters } from "../src/views/filters/filters.ts";
import { filterSignatures, testSignatures } from "../src/views/filters/signatures.ts";
import { tests } from "../src/views/filters/tests.ts";

const root = fileURLToPath(new URL("../", import.meta.url));

/** Texts that each converter accepts and refuses. */
const converters: Record<keyof BuiltInConverters, readonly [accepted: readonly string[], refused: readonly string[]]> = {
  int: [
    ["0", "7", "9007199254740991"],
    ["", "-1", "01", "1.0", "9007199254740992"],
  ],
  uuid: [
    [
      "0190d2a4-7c1e-7000-8000-00000000000a",
      "00000000-0000-0000-0000-000000000000",
      "99999999-9999-9999-9999-999999999999",
      "ffffffff-ffff-ffff-ffff-ffffffffffff",
    ],
    ["0190D2A4-7C1E-7000-8000-00000000000A", "0190d2a4", "0190d2a4-7c1e-7000-8000-00000000000g", "0190d2a47c1e70008000-00000000000a"],
  ],
  date: [["2024-02-29"], ["2023-02-29", "2024-2-9", "24-02-29"]],
  slug: [
    ["a-b_C9", "0", "zZ", "a".repeat(1024)],
    ["", "a b", "é", "a.b", "a".repeat(1025)],
  ],
};

describe("converters", () => {
  for (const [name, [accepted, refused]] of Object.entries(converters)) {
    const { converter } = builtInConverters[name]!;
    it(`${name} formats what it parsed`, () => {
      for (const text of accepted) assert.equal(converter.format(converter.parse(text)), text, text);
      for (const text of refused) assert.equal(converter.parse(text), undefined, text);
    });
  }

  it("have distinct priorities, and are in the guide", async () => {
    const priorities = Object.values(builtInConverters).map(({ priority }) => priority);
    assert.equal(new Set(priorities).size, priorities.length);
    await assertDocumented("docs/guides/routes.md", Object.keys(builtInConverters));
  });
});

it("every filter and test of template files is in its reference, and has a signature", async () => {
  assert.deepEqual(Object.keys(filters).sort(), [...filterSignatures.keys()].sort());
  assert.deepEqual(Object.keys(tests).sort(), [...testSignatures.keys()].sort());
  await assertDocumented("docs/reference/template-files.md", [...filterSignatures.keys(), ...testSignatures.keys()]);
});

it("every kind of field is in the guide", () => assertDocumented("docs/guides/data.md", Object.keys(field)));

it("every database has a folder of its SQL", () => {
  const folders = globSync("src/data/sql/*/", { cwd: root }).sort();
  assert.ok(folders.length >= 4);
  for (const folder of folders) assert.ok(globSync(`${folder}/*.ts`, { cwd: root }).length > 0, `${folder} is empty`);
});

async function assertDocumented(page: string, names: readonly string[]): Promise<void> {
  const text = await readFile(root + page, "utf8");
  assert.ok(names.length > 3, `${names.length} names for ${page}`);
  const missing = names.filter((name) => !new RegExp(`\\b${name}\\b`).test(text));
  assert.deepEqual(missing, [], `${page} does not name ${missing.join(", ")}`);
}
