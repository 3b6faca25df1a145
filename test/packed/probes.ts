/**
 * Programs that use every exported type in ways that mostly fail. Compiling them against two sets of declarations shows
 * whether both accept and refuse the same things.
 */
import { listEntries, toSpecifier } from "../../scripts/entries.ts";
import { readEntry } from "../../scripts/declarations.ts";

/** Values of every kind that a type can take or refuse. */
const samples = `
  undefined | null | true | 0 | 1n | "" | Symbol() | {} | [] | ["a", 1] | { name: "", id: 1 } | /x/
  new Date() | new Map() | new Set() | new Error() | new Uint8Array() | new URL("http://a") | new Response() | new Request("http://a")
  () => undefined | async () => "" | class {} | Promise.resolve() | (async function* () {})()
`
  .trim()
  .split(/ \| |\n\s*/);

/** An exported type, with as many `any` as it has parameters. */
interface ExportedType {
  readonly specifier: string;
  readonly name: string;
  readonly use: string;
}

/** Returns the probes, one file for each entry and one for all types against each other. */
export async function writeProbes(dist: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  const all: ExportedType[] = [];
  for (const entry of await listEntries()) {
    const types = await findTypes(dist, entry);
    all.push(...types);
    files[`types/probes/${entry}.ts`] = [toImports(types), ...types.map(probeSamples)].join("\n");
  }
  files["types/probes/pairs.ts"] = probePairs(all);
  return files;
}

async function findTypes(dist: string, entry: string): Promise<ExportedType[]> {
  const found = new Map<string, ExportedType>();
  for (const { name, text } of await readEntry(dist, entry)) {
    const match = /^export (?:declare )?(?:abstract )?(?:class|interface|type) [\w$]+(<[^]*)?/.exec(text);
    if (match === null) continue;
    const parameters = countTypeParameters(match[1] ?? "");
    const use = parameters === 0 ? name : `${name}<${Array.from({ length: parameters }, () => "any").join(", ")}>`;
    found.set(name, { specifier: toSpecifier(entry), name, use });
  }
  return [...found.values()];
}

function countTypeParameters(text: string): number {
  if (!text.startsWith("<")) return 0;
  let depth = 0;
  let count = 1;
  for (const [index, character] of [...text].entries()) {
    if ("<({[".includes(character)) depth++;
    else if (")}]".includes(character) || (character === ">" && text[index - 1] !== "=")) depth--;
    else if (character === "," && depth === 1) count++;
    if (depth === 0) return count;
  }
  return count;
}

function toImports(types: readonly ExportedType[]): string {
  return types.map(({ specifier, name }) => `import type { ${name} } from "${specifier}";`).join("\n");
}

function probeSamples({ name, use }: ExportedType): string {
  const values = samples.map((sample, index) => `const ${name}_${index}: ${use} = ${sample};`);
  return [`const ${name}_keys: keyof ${use} = "?";`, ...values].join("\n");
}

/** Assigns every type to every other one: a brand that one set of declarations lost shows here. */
function probePairs(types: readonly ExportedType[]): string {
  const imports = types.map(({ specifier, name }, index) => `import type { ${name} as T${index} } from "${specifier}";`);
  const uses = types.map(({ name, use }, index) => `T${index}${use.slice(name.length)}`);
  const declarations = uses.map((use, index) => `declare const v${index}: ${use};`);
  const pairs = uses.map((use) => `((_: Array<${use}>) => {})([${uses.map((_, index) => `v${index}`).join(", ")}]);`);
  return [...imports, ...declarations, ...pairs].join("\n");
}
