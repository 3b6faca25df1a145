/** Holds the layers of the sources: folders only import downwards, entries only export, one file reads the environment. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { glob } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { describe, it } from "node:test";

const sources = new URL("../src/", import.meta.url).pathname;

const messages = ["errors", "http"];
const base = [...messages, "routing", "views"];
const house = [...base, "replies", "handlers", "input", "parts"];
const features = [
  "forms",
  "session",
  "security",
  "files",
  "health",
  "diagnostics",
  "cache",
  "mail",
  "tasks",
  "storage",
  "i18n",
  "settings",
  "commands",
  "log",
  "compression",
];
/** Files that make a feature of a lower layer a part of the application: each is a separate layer. */
const partFiles = ["data/part.ts", "views/part.ts"];

/** What each folder may import, types included. A folder without a row may import nothing. */
const layers: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  typescript: [],
  http: ["errors"],
  routing: messages,
  views: [...messages, "typescript"],
  data: messages,
  channels: ["errors"],
  server: [...messages, "channels"],
  replies: base,
  handlers: [...base, "replies"],
  input: [...base, "replies", "handlers"],
  parts: [...base, "replies", "handlers", "input"],
  // Forms of models keep files.
  forms: [...messages, "views", "data", "handlers", "input", "storage"],
  ...Object.fromEntries(features.slice(1).map((feature) => [feature, house])),
  redis: ["errors"],
  // The addresses of development have the checks of hosts and origins.
  diagnostics: [...house, "security", "data", "data/part.ts"],
  // Their stores are in the database of the application, or in Redis.
  session: [...house, "data", "data/part.ts", "redis", "security"],
  security: [...house, "data", "data/part.ts", "redis"],
  cache: [...house, "data", "data/part.ts", "redis"],
  // Its folder may not be that of static files; private files have signed addresses.
  storage: [...house, "security", "files"],
  tasks: [...house, "data", "data/part.ts", "redis", "forms", "commands", "traces"],
  // Messages that are sent later are tasks.
  mail: [...house, "tasks"],
  "data/part.ts": [...house, "data"],
  "views/part.ts": house,
  traces: house,
  metrics: [...house, "channels", "data", "data/part.ts", "tasks", "tasks/part.ts"],
  live: [...house, "channels", "data", "redis", "session"],
  log: [...house, "settings"],
  auth: [...house, "data", "data/part.ts", "views/part.ts", "forms", "mail", "security", "session"],
  app: [...house, "auth", "channels", "live", "metrics", "traces", ...features, ...partFiles, "data", "server"],
  testing: [],
  // Built with public entries. The nearest name of a list, what parameters of routes take, and the compiler of a project are the only other
  // pieces.
  cli: ["errors", "routing", "typescript"],
};

/** The rooms of `src/data`: each may import the ones above it, types included. "" holds the files at its root. */
const dataRooms: readonly string[] = [
  "ambient",
  "schema",
  "tree",
  "driver",
  "sql",
  "run",
  "rows",
  "query",
  "kysely",
  "migrations/state",
  "migrations/plan",
  "sql/sqlite",
  "sql/postgres",
  "sql/mariadb",
  "sql/mysql",
  "",
  "migrations/files",
  "migrations/run",
  "migrations/inspect",
  "application",
  "part",
];

/** Files of `src/data` that may ask which database it is: one driver serves two servers, and Kysely has its own dialects. */
const namesDatabases = ["data/driver/mysql.ts", "data/driver/server-version.ts", "data/kysely/kysely.ts"];

/** Rooms of `src/views`, each above those that it may import; a file of the folder itself is a room. Types count. */
const viewRooms: readonly string[] = [
  "escape",
  "values.ts",
  "registry.ts",
  "reading",
  "formats",
  "rendering",
  "html.ts",
  "runtime",
  "filters",
  "runtime.ts",
  "syntax",
  "compile",
  "check",
  "files",
  "part.ts",
];

/** Folders whose files have no cycles even when types count. */
const withoutTypeCycles = [
  "errors",
  "http",
  "views",
  "data",
  "replies",
  "handlers",
  "input",
  "parts",
  "security",
  "files",
  "health",
  "diagnostics",
  "settings",
];

/** Folders that run on any runtime. */
const withoutNode = ["errors", "http", "routing", "views", "data", "forms"];
/** Files that may read the environment. */
const readsEnvironment = [
  // It marks its own process as a worker of `gable dev`.
  "cli/dev/worker-setup.ts",
  "server/supervisor/supervise.ts",
  "app/mode.ts",
  "settings/runtime.ts",
  "cli/terminal.ts",
  "testing/browser.ts",
  "testing/test-database.ts",
];

const linesMax = 500;
/** Longer files, and why each is one noun. */
const longFiles: Readonly<Record<string, string>> = {
  "server/connection.ts": "one connection: its reading, refusals, replies and end share private state that no other code may touch",
  "views/reading/tokenizer.ts": "the state machine of the HTML standard: its states call each other",
  "views/rendering/write.ts": "what a value becomes in each place: every place calls the others, once per value of a page",
};

interface Import {
  readonly file: string;
  readonly target: string;
  readonly isType: boolean;
}

async function readSources(): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for await (const file of glob("**/*.ts", { cwd: sources })) {
    if (!/\.(test|cases|test-d)\.ts$/.test(file)) texts.set(file, readFileSync(join(sources, file), "utf8"));
  }
  return texts;
}

function importsOf(file: string, text: string): Import[] {
  return [...text.matchAll(/^(?:import|export)\s+(type\s)?[^"';]*?from\s+"([^"]+)"|import\("([^"]+)"\)/gm)].map((match) => ({
    file,
    isType: match[1] !== undefined,
    target: match[2] ?? match[3]!,
  }));
}

const texts = await readSources();
const imports = [...texts].flatMap(([file, text]) => importsOf(file, text));
const folderOf = (file: string): string => (file.includes("/") ? file.split("/")[0]! : "");
/** The layer of a file: its folder, or the file itself if it is a separate layer. */
const layerOf = (file: string): string => (partFiles.includes(file) ? file : folderOf(file));
const resolve = ({ file, target }: Import): string => relative(sources, join(sources, dirname(file), target));

describe("architecture", () => {
  it("has layers that go one way", () => {
    for (const each of imports) {
      if (!each.target.startsWith(".") || folderOf(each.file) === "") continue;
      const [from, to] = [layerOf(each.file), layerOf(resolve(each))];
      assert.ok(
        from === to || layers[from]?.includes(to) === true,
        `${each.file} imports ${each.target}: "${from}" may import ${layers[from]?.join(", ") || "nothing"}`,
      );
    }
  });

  it("has rooms of data that go one way", () => {
    const roomOf = (file: string): string => (partFiles.includes(file) ? "part" : dirname(file).slice("data/".length));
    for (const each of imports) {
      const target = resolve(each);
      if (!each.file.startsWith("data/") || !target.startsWith("data/")) continue;
      const [from, to] = [roomOf(each.file), roomOf(target)];
      assert.ok(dataRooms.includes(from), `${each.file} lies in no room of src/data`);
      assert.ok(
        from === to || dataRooms.indexOf(to) < dataRooms.indexOf(from),
        `${each.file} imports ${each.target}, a room below its own`,
      );
    }
  });

  it("has rooms of views that go one way", () => {
    const roomOf = (file: string): string => file.split("/")[1]!;
    for (const each of imports) {
      const target = resolve(each);
      if (!each.file.startsWith("views/") || !target.startsWith("views/")) continue;
      const [from, to] = [roomOf(each.file), roomOf(target)];
      assert.ok(viewRooms.includes(from), `${each.file} is in no room of src/views`);
      assert.ok(
        from === to || viewRooms.indexOf(to) < viewRooms.indexOf(from),
        `${each.file} imports ${each.target}, a room above its own`,
      );
    }
  });

  it("asks which database it is only in the folders of databases", () => {
    for (const [file, text] of texts)
      if (file.startsWith("data/") && !/^data\/sql\/\w+\//.test(file) && !namesDatabases.includes(file))
        assert.doesNotMatch(
          text,
          /[=!]== "(?:sqlite|postgres|mariadb|mysql)"|\[[^\]\n]*dialect\.name\]/,
          `${file} tests which database it is`,
        );
  });

  it("keeps the part of models that forms use apart from the compiler and the drivers", () => {
    for (const { file, target, isType } of imports)
      if (file.startsWith("data/schema/") && !isType && target.startsWith("."))
        assert.match(resolve({ file, target, isType }), /^(?:data\/schema|errors|http|routing)\//, `${file} imports ${target}`);
  });

  it("has no file of more than 500 lines without a reason", () => {
    const long = [...texts].filter(([, text]) => text.split("\n").length - 1 > linesMax).map(([file]) => file);
    assert.deepEqual(long.toSorted(), Object.keys(longFiles).toSorted());
  });

  it("gives the reason of every cast", () => {
    for (const [file, text] of texts) {
      const lines = text.split("\n");
      lines.forEach((line, index) => {
        const code = line.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`|\/\/.*$/g, "");
        // Names of mapped types are not casts.
        if (!/\bas (?!const\b)/.test(code) || /\bin keyof\b/.test(code) || /^\s*(?:import|export|\*|\/\*)|^\s*\w+ as \w+,$/.test(code))
          return;
        const isExplained = line.includes("//") || /^\s*(?:\/\/|\*\/)/.test(lines[index - 1] ?? "");
        assert.ok(isExplained, `${file}:${index + 1} has a cast without a comment that says why: ${line.trim()}`);
      });
    }
  });

  it("has no cycles", () => {
    const graph = new Map<string, string[]>();
    for (const each of imports) {
      const counts = !each.isType || withoutTypeCycles.includes(folderOf(each.file));
      if (each.target.startsWith(".") && counts) graph.set(each.file, [...(graph.get(each.file) ?? []), resolve(each)]);
    }
    const done = new Set<string>();
    const visit = (file: string, path: readonly string[]): void => {
      assert.ok(!path.includes(file), `cycle: ${[...path, file].join(" -> ")}`);
      if (done.has(file)) return;
      for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
      done.add(file);
    };
    for (const file of graph.keys()) visit(file, []);
  });

  it("loads node modules only where they belong, and never for an application without files", () => {
    for (const { file, target, isType } of imports) {
      if (target.startsWith("node:") && !/^(?:views\/files|data\/(?:ambient|driver|run|migrations|sql\/\w+\/migrations))[/.]/.test(file))
        assert.ok(!withoutNode.includes(folderOf(file)), `${file} imports ${target}`);
      if (target.startsWith("node:") && !isType && folderOf(file) === "app") assert.fail(`${file} imports ${target}`);
    }
    const reached = new Set<string>();
    const visit = (file: string): void => {
      if (reached.has(file)) return;
      reached.add(file);
      for (const each of staticImports(file)) {
        assert.ok(!each.target.startsWith("node:"), `index.ts reaches ${each.target} through ${file}`);
        if (each.target.startsWith(".")) visit(resolve(each));
      }
    };
    visit("index.ts");
    assert.ok(reached.size > 40);
  });

  it("loads the compiler of views only on demand", () => {
    for (const { file, target, isType } of imports) {
      if (isType || /^(?:views\/(?:check|compile|files|syntax)\/|testing\.ts$|check\.ts$)/.test(file) || folderOf(file) === "testing")
        continue;
      const isDynamic = (texts.get(file) ?? "").includes(`import("${target}")`);
      assert.ok(isDynamic || !/\/(?:compile|syntax)\/|\/files\/(?:view|check)/.test(target), `${file} imports ${target}`);
    }
  });

  it("has entries that only export", () => {
    for (const [file, text] of texts) {
      if (file.includes("/") && file !== "views/runtime.ts") continue;
      const rest = text.replaceAll(/export (?:type )?\{[^}]*\} from "[^"]+";/g, "").trim();
      assert.equal(rest, "", `${file} holds code`);
    }
  });

  it("reads the environment in one place", () => {
    for (const [file, text] of texts)
      if (/process\b[^;\n]*\benv\b/.test(text)) assert.ok(readsEnvironment.includes(file), `${file} reads the environment`);
  });

  it("has no folders without a subject", () => {
    for (const file of texts.keys()) assert.doesNotMatch(file, /(?:^|\/)(?:utils|helpers|common|shared|types)\//);
  });
});

function staticImports(file: string): Import[] {
  const text = texts.get(file) ?? "";
  return importsOf(file, text.replaceAll(/import\("[^"]+"\)/g, "")).filter(({ isType }) => !isType);
}
