/** Writes the reference page of an entry from its declarations under `api/`. */
import { readFile } from "node:fs/promises";
import type { Declaration } from "./declarations.ts";
import { parseDeclarations } from "./declarations.ts";
import { toSpecifier } from "./entries.ts";
import { root } from "./run-command.ts";
import { shortenDeclaration } from "./short-declarations.ts";

/** What each entry exports. The page of an entry that is not listed does not say it. */
const subjects: Readonly<Record<string, string>> = {
  index: "the application, routes, replies, middleware and settings",
  http: "headers, cookies, media types, bodies and the other parts of HTTP messages",
  server: "the HTTP/1.1 engine and the adapter for `node:http`",
  views: "`html` and other markup, template files, feeds and sitemaps",
  testing: "the test client, isolated databases, factories, and contract tests for your own drivers and transports",
  check: "checks of template files, and messages to translate",
  data: "models, queries and transactions",
  migrations: "migrations, database schemas, and rows as files",
  kysely: "Kysely queries that are typed from your models",
  forms: "forms, with or without a model, their fields and their rendering",
  auth: "accounts, with login, registration, passwords and guards",
  session: "session stores in memory, in the database and in Redis",
  security: "rate limits and their stores",
  storage: "stored files, and the stores that keep them",
  cache: "the cache, its tags and its stores",
  development: "error reports, and functions that render them",
  mail: "messages and mail transports",
  live: "event streams, WebSockets, and channels between processes",
  tasks: "background tasks, schedules and queues",
};

function toText(comment: string): string {
  return comment
    .replace(/^\/\*\*\s*|\s*\*\/$/g, "")
    .replaceAll(/^\s*\* ?/gm, "")
    .replaceAll(/\{@link (\w+)\}/g, "`$1`")
    .replace(/@example\n([^]*)$/, "```ts\n$1\n```");
}

/** Joins the declarations of each name: a function and its overloads, a class and its type. */
function toSections(declarations: readonly Declaration[]): string {
  return [...new Set(declarations.map(({ name }) => name))]
    .map((name) => {
      const parts = declarations
        .filter((declaration) => declaration.name === name)
        .map(
          ({ comment, text }) =>
            `${toText(comment)}\n\n\`\`\`ts\n${shortenDeclaration(text.replace(/^export (?:declare )?/, ""))}\n\`\`\`\n`,
        );
      return `### ${name}\n\n${parts.join("\n")}`;
    })
    .join("\n");
}

/** Returns the file name of an entry's page: `gable.md`, `data.md`. */
export function toPageName(entry: string): string {
  return `${entry === "index" ? "gable" : entry.replaceAll("/", "-")}.md`;
}

/** Returns the page as Markdown. */
export async function toReferencePage(entry: string): Promise<string> {
  const title = toSpecifier(entry);
  const about = Object.hasOwn(subjects, entry) ? `: ${subjects[entry]}` : "";
  const declarations = parseDeclarations(await readFile(`${root}api/${entry}.d.ts`, "utf8"));
  const isType = ({ text }: Declaration): boolean => /^export (?:declare )?(?:interface|type) /.test(text);
  const [values, types] = [declarations.filter((one) => !isType(one)), declarations.filter(isType)];
  const groups = [
    ["Functions, classes and values", values],
    ["Types", types],
  ] as const;
  const sections = groups.filter(([, list]) => list.length > 0).map(([name, list]) => `## ${name}\n\n${toSections(list)}`);
  return `# ${title}\n\nEverything that \`${title}\` exports${about}. This page is generated from the declarations of the package. It leaves out \`readonly\`.\n\n${sections.join("\n")}`;
}
