/** Steps: the declarations in the package accept and refuse what the types of the sources do. */
import assert from "node:assert/strict";
import { globSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { listEntries, toSpecifier } from "../../scripts/entries.ts";
import { typescripts } from "../typescripts.ts";
import { linkPackages, type PackedPackage, root, runOrThrow } from "./packed-package.ts";
import { writeProbes } from "./probes.ts";
import { type Diagnostic, readTypeTests, TypeProject } from "./type-project.ts";

const newest = join(root, "node_modules/typescript");
const bareConfig = { compilerOptions: { module: "nodenext", target: "es2024", types: ["node"], strict: true, noEmit: true } };

/**
 * Returns where an error is, and which. Declarations hide the names of private members, so messages that list missing
 * properties differ; what `keyof` gives must not.
 */
function toPlace(diagnostic: Diagnostic): string {
  if (diagnostic.includes(`'"?"'`)) return toMembers(diagnostic);
  return diagnostic
    .split("\n")[0]!
    .replace(/TS(?:2739|2740|2741):/, "TS2739:")
    .replace(/(error TS\d+):.*/, "$1");
}

/**
 * The members of a type that a probe lists. The compiler prints one type under several names of its arguments, in any order, and
 * cuts long lists off: only what it prints the same way for the same type is compared.
 */
function toMembers(diagnostic: string): string {
  let text = diagnostic;
  for (let before = ""; before !== text;) {
    before = text;
    text = text.replaceAll(/<[^<>]*>/g, "");
  }
  const match = /^(.*?: error TS\d+): (.* is not assignable to type ')(.*)'\.$/s.exec(text);
  if (match === null || text.includes("...")) return text.replace(/(error TS\d+):.*/s, "$1");
  return `${match[1]}: ${match[2]}${match[3]!.split(" | ").sort().join(" | ")}'.`;
}

/** Registers the tests. `open` gives the package once it is packed. */
export function describeTypes(open: () => PackedPackage): void {
  describe("the declarations of the packed package", () => {
    let tests: Record<string, string> = {};
    let strict: TypeProject;
    let loose: TypeProject;
    let probes: TypeProject;
    before(async () => {
      const packed = open();
      tests = await readTypeTests(globSync(["src/**/*.test-d.ts", "test/**/*.test-d.ts"], { cwd: root }));
      const isDirective = /\/\/ @ts-expect-error/g;
      const bare = Object.entries(tests).map(([name, text]) => [name, text.replaceAll(isDirective, "// expected error")]);
      strict = await TypeProject.create(await packed.install("type-tests"), tests);
      loose = await TypeProject.create(await packed.install("errors"), Object.fromEntries(bare));
      const folder = await packed.install("probes");
      probes = await TypeProject.create(folder, await writeProbes(join(folder, "node_modules/gable/dist")));
    });

    for (const { version, folder, skip } of typescripts)
      it(`pass every type test under TypeScript ${version}`, { skip }, async () => {
        assert.ok(Object.keys(tests).length > 5, "found the type tests");
        assert.deepEqual(await strict.compile(folder, "package"), []);
      });

    it("refuse every wrong use in the type tests where the sources refuse it", async () => {
      const expected = await loose.compile(newest, "sources");
      assert.ok(expected.length > 50, `${expected.length} errors`);
      assert.deepEqual((await loose.compile(newest, "package")).map(toPlace), expected.map(toPlace));
    });

    it("accept and refuse the same values and types as the sources", async () => {
      const expected = await probes.compile(newest, "sources");
      assert.ok(expected.length > 5000, `${expected.length} errors`);
      assert.deepEqual((await probes.compile(newest, "package")).map(toPlace), expected.map(toPlace));
    });

    it("need only TypeScript and @types/node, except gable/kysely, and pass without skipLibCheck", async () => {
      const entries = (await listEntries()).filter((entry) => entry !== "kysely");
      const imports = entries.map((entry, index) => `import * as entry${index} from "${toSpecifier(entry)}";\nvoid entry${index};\n`);
      const folder = await open().install("bare", { "all.ts": imports.join(""), "tsconfig.json": JSON.stringify(bareConfig) });
      await linkPackages(folder, ["@types/node"]);
      await runOrThrow(process.execPath, [join(newest, "bin/tsc")], folder);
    });
  });
}
