/** Writes the generated pages of the reference; with --check it fails when they are not up to date. */
import { readFile, writeFile } from "node:fs/promises";
import { catalogue } from "../src/errors/catalogue.ts";
import { writeConversionTable } from "./conversion-table.ts";
import type { Declaration } from "./declarations.ts";
import { parseDeclarations } from "./declarations.ts";
import { root } from "./run-command.ts";

function toErrorPage(): string {
  const rows = Object.entries(catalogue).sort(([first], [second]) => (first < second ? -1 : 1));
  const sections = rows.map(
    ([code, { status, title, fix, since }]) => `## ${code}\n\n${title}. Status ${status}, since ${since}.\n\n**Fix:** ${fix}\n`,
  );
  return `# Errors\n\nEvery error of Gable has a code that never changes. This page is generated from \`src/errors/catalogue.ts\`.\n\n${sections.join("\n")}`;
}

/** The entries of the package, as the files of `api/` hold them, and what each is for. */
const entries: Readonly<Record<string, readonly [title: string, about: string]>> = {
  data: ["gable/data", "models, queries and transactions"],
  migrations: ["gable/migrations", "migrations, the structure of databases, and rows as files"],
  forms: ["gable/forms", "forms, by hand and from models"],
  kysely: ["gable/kysely", "queries by Kysely, typed from models"],
};

function toText(comment: string): string {
  return comment
    .replace(/^\/\*\*\s*|\s*\*\/$/g, "")
    .replaceAll(/^\s*\* ?/gm, "")
    .replaceAll(/\{@link (\w+)\}/g, "`$1`")
    .replace(/@example\n([^]*)$/, "```typescript\n$1\n```");
}

/** Forms of one name stand together: a function and its overloads, a class and its type. */
function toSections(declarations: readonly Declaration[]): string {
  return [...new Set(declarations.map(({ name }) => name))]
    .map((name) => {
      const parts = declarations
        .filter((declaration) => declaration.name === name)
        .map(({ comment, text }) => `${toText(comment)}\n\n\`\`\`typescript\n${text.replace(/^export (?:declare )?/, "")}\n\`\`\`\n`);
      return `### ${name}\n\n${parts.join("\n")}`;
    })
    .join("\n");
}

async function toReferencePage(entry: string): Promise<string> {
  const [title, about] = entries[entry]!;
  const declarations = parseDeclarations(await readFile(`${root}api/${entry}.d.ts`, "utf8"));
  const isType = ({ text }: Declaration): boolean => /^export (?:declare )?(?:interface|type) /.test(text);
  const [values, types] = [declarations.filter((one) => !isType(one)), declarations.filter(isType)];
  const groups = [
    ["Functions, classes and values", values],
    ["Types", types],
  ] as const;
  const sections = groups.filter(([, list]) => list.length > 0).map(([name, list]) => `## ${name}\n\n${toSections(list)}`);
  return `# ${title}\n\nEverything that \`${title}\` exports: ${about}. This page is generated from the declarations of the package.\n\n${sections.join("\n")}`;
}

/** A guide with a generated part between two marks. */
async function withGenerated(file: string, name: string, text: string): Promise<string> {
  const guide = await readFile(root + file, "utf8");
  const [start, end] = [`<!-- generated: ${name} -->`, `<!-- end: ${name} -->`];
  const [before, rest] = guide.split(start);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`${file} has no marks ${start} and ${end}.`);
  return `${before}${start}\n\n${text}\n\n${end}${after}`;
}

const pages: Readonly<Record<string, string>> = {
  "docs/reference/errors.md": toErrorPage(),
  "docs/guides/migrations.md": await withGenerated("docs/guides/migrations.md", "type changes", writeConversionTable()),
  ...Object.fromEntries(
    await Promise.all(Object.keys(entries).map(async (entry) => [`docs/reference/${entry}.md`, await toReferencePage(entry)] as const)),
  ),
};
const isCheck = process.argv.includes("--check");
for (const [file, text] of Object.entries(pages)) {
  const present = await readFile(root + file, "utf8").catch(() => "");
  if (present === text) continue;
  if (isCheck) {
    console.error(`${file} is not up to date: run npm run docs.`);
    process.exitCode = 1;
  } else await writeFile(root + file, text);
}
