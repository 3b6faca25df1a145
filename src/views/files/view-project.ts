/**
 * Manages the template files of a project. They are compiled to real TypeScript files under `.gable/`, which are both
 * checked and run.
 * In development, a changed file is compiled again together with the files that use it, and imported under a new URL.
 * Elsewhere, everything is imported once, at the start.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { dirname, join, posix, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { toErrorText } from "../../errors/error-text.ts";
import { GableError } from "../../errors/gable-error.ts";
import { findNearestName, suggestName } from "../../errors/nearest-name.ts";
import { mark } from "../compile/code.ts";
import type { ModuleResult } from "../compile/module.ts";
import type { Template } from "../compile/template.ts";
import { fileOf, modeOf } from "../compile/template.ts";
import type { RenderContext } from "../rendering/render-context.ts";
import type { Rendered } from "../rendering/render.ts";
import type { View } from "../runtime/view.ts";
import { checked } from "../runtime/part-runtime.ts";
import { toRendered } from "../runtime/view-runtime.ts";
import type { ViewProjectOptions } from "./project-options.ts";
import { findErrors } from "./more-errors.ts";
import { ViewCompiler } from "./view-compiler.ts";
import type { ProjectCode, ViewFile } from "./view-folder.ts";
import { findPackageViews, packagePrefix, readProjectCode, readViews } from "./view-folder.ts";

/** Increase this when the output of the compiler changes. */
const compilerVersion = 10;

/** After this many changes in development, modules that are no longer used hold about 50 MB. */
const reloadsMax = 200;

interface ManifestEntry {
  readonly hash: string;
  readonly dependencies: readonly string[];
  readonly isTyped: boolean;
  /** Names of the partials of a file. */
  readonly partials: readonly string[];
}

interface Manifest {
  readonly version: number;
  /** Fingerprint of the options and of the project's own code. */
  readonly settings: string;
  readonly views: Record<string, ManifestEntry>;
}

/** A compiled file with its source map. */
export interface CompiledView {
  readonly template: Template;
  readonly result: ModuleResult;
  readonly file: ViewFile;
}

/** The views of one application. */
export class ViewProject {
  readonly folders: readonly string[];
  /** How many of the folders are the project's own. */
  readonly #ownFolders: number;
  /** Folder of generated files. */
  readonly generated: string;
  readonly #options: ViewProjectOptions;
  #files = new Map<string, ViewFile>();
  #code: ProjectCode = { globals: new Set(), filters: new Set(), tests: new Set(), components: new Set(), folders: new Map() };
  #views = new Map<string, View>();
  /** Views that were requested, in development. */
  readonly #used = new Set<string>();
  /** URL suffix of each file's current module, in development. */
  readonly #versions = new Map<string, string>();
  /** All views, including partials. */
  #names: readonly string[] = [];
  #reloads = 0;
  /** Kept only for checks. */
  #compiler: ViewCompiler | undefined;
  /** Why files cannot be used, by their names, in development: only what uses them fails. */
  #failures = new Map<string, unknown>();

  constructor(options: ViewProjectOptions) {
    this.#options = options;
    const own = options.directories.map((folder) => resolve(folder));
    this.#ownFolders = own.length;
    this.folders = [...own, ...(options.packages ?? []).map((name) => findPackageViews(name, dirname(own[0]!)))];
    this.generated = resolve(options.generated ?? join(dirname(this.folders[0]!), ".gable"));
  }

  /** Returns the names of all views. */
  get names(): string[] {
    return [...this.#views.keys()];
  }

  /** Compiles stale files and imports all views. Throws what compiling throws, and `E_VIEW_STALE`. */
  async start(): Promise<void> {
    if (this.folders.every((folder) => !existsSync(folder)) && existsSync(join(this.generated, "views.json"))) {
      // A deployment has only the built files: there is nothing to compare them with.
      await this.#importAll(Object.keys(this.#readManifest()?.views ?? {}));
      return;
    }
    if (this.#options.watches) {
      this.#registerHook();
      // Stack traces show the template's lines and columns.
      process.setSourceMapsEnabled(true);
    }
    if (this.#options.watches) {
      this.#generateUsable(this.#read(this.#files));
      await this.#importChanged(new Map());
      return;
    }
    this.generate();
    await this.#importAll(this.#names);
    // Without a watch, the sources are no longer needed.
    this.#files = new Map();
  }

  /** Compiles changed files again, in development. A file with an error fails when it is used. */
  async refresh(): Promise<void> {
    const before = this.#files;
    const files = this.#read(before);
    const isSame = files.size === before.size && [...files].every(([name, file]) => before.get(name) === file);
    if (isSame) return;
    const versions = new Map(this.#versions);
    this.#generateUsable(files);
    if (++this.#reloads === reloadsMax) {
      const message = `Templates were compiled again ${reloadsMax} times. Their old modules stay in memory: restart the process.`;
      this.#options.onWarning?.({ reloads: reloadsMax }, message);
    }
    await this.#importChanged(versions);
  }

  /** Compiles all files, and notes those that cannot be compiled. */
  #generateUsable(files: Map<string, ViewFile>): void {
    const failures = new Map<string, unknown>();
    this.generate(files, (error, name) => failures.set(name, error));
    this.#failures = failures;
    this.#compiler = undefined;
  }

  /** Returns a view by its name. In development, throws the error of its file. */
  find(name: string): View | undefined {
    if (this.#options.watches) this.#used.add(name);
    if (this.#failures.size > 0) this.#assertUsable(name);
    return this.#views.get(name);
  }

  /** Throws the error of a file that could not be compiled. */
  #assertUsable(name: string): void {
    for (const failed of [name, fileOf(name)]) if (this.#failures.has(failed)) throw this.#failures.get(failed);
  }

  /** Renders a view. Throws `E_VIEW_NOT_FOUND`; for outputs other than HTML, also what the view throws. */
  render(name: string, props: Readonly<Record<string, unknown>>, context: RenderContext): Rendered {
    return toRendered(this.get(name), props, context);
  }

  /** Returns a view by its name. Throws `E_VIEW_NOT_FOUND` with the nearest name. */
  get(name: string): View {
    const found = this.find(name);
    if (found !== undefined) return found;
    if (name.includes("#") && this.#views.has(fileOf(name))) throw this.#unknownPartial(name);
    const nearest = findNearestName(name, this.names);
    throw new GableError("E_VIEW_NOT_FOUND", `Unknown view "${name}" (searched: ${this.folders.join(", ")}).`, {
      ...(nearest !== undefined && { fix: `Write "${nearest}".` }),
    });
  }

  /** Returns a parsed file of the last compiled state, by the name that another file uses. */
  findTemplate(name: string, from: Template): Template | undefined {
    return this.#compiler?.find(name, from);
  }

  #unknownPartial(name: string): GableError {
    const file = fileOf(name);
    const known = this.names.filter((each) => each.startsWith(`${file}#`));
    return new GableError("E_VIEW_PARTIAL", `"${file}" has no partial "${name.slice(file.length + 1)}".`, {
      fix: suggestName(name, known, `It has: ${known.join(", ") || "none"}.`),
    });
  }

  /**
   * Compiles all files and writes those that differ. Returns the compiled files, for checks.
   * Throws for the first file that cannot be compiled, unless `onFailure` takes the error.
   */
  generate(files = this.#read(this.#files), onFailure?: (error: unknown, name: string) => void): CompiledView[] {
    this.#code = readProjectCode(this.folders);
    const compiler = new ViewCompiler(files, this.#code, this);
    this.#compiler = onFailure === undefined ? undefined : compiler;
    const settings = this.#fingerprint();
    const manifest = this.#readManifest();
    const isUsable = manifest?.version === compilerVersion && manifest.settings === settings;
    const entries: Record<string, ManifestEntry> = {};
    const compiled: CompiledView[] = [];
    const failed = new Set<string>();
    const compileOne = (name: string, file: ViewFile): readonly string[] => {
      const known = isUsable ? manifest.views[name] : undefined;
      if (known !== undefined && known.hash === file.hash && this.#isFresh(known, manifest!, files) && existsSync(this.pathOf(name))) {
        entries[name] = known;
        return known.partials;
      }
      const view = this.#compile(compiler, name, file);
      const { template, result } = view;
      const partials = template.partial === undefined ? [...template.partials.keys()] : [];
      entries[name] = { hash: file.hash, dependencies: result.dependencies, isTyped: result.isTyped, partials };
      compiled.push(view);
      return partials;
    };
    for (const file of files.values()) {
      try {
        for (const partial of compileOne(file.name, file)) compileOne(`${file.name}#${partial}`, file);
      } catch (error) {
        if (onFailure === undefined) throw error;
        failed.add(file.name);
        onFailure(error, file.name);
      }
    }
    // Code that names a file with an error is right: the registry keeps its last form.
    const kept: string[] = [];
    for (const name of Object.keys(manifest?.views ?? {})) {
      if (entries[name] !== undefined) continue;
      if (failed.has(fileOf(name)) && existsSync(this.pathOf(name))) kept.push(name);
      else rmSync(this.pathOf(name), { force: true });
    }
    this.#write(join(this.generated, "views.ts"), toRegistry([...Object.keys(entries), ...kept]));
    this.#write(
      join(this.generated, "views.json"),
      `${JSON.stringify({ version: compilerVersion, settings, views: entries } satisfies Manifest, null, 1)}\n`,
    );
    this.#files = files;
    for (const name of Object.keys(entries)) this.#versions.set(name, versionOf(name, entries, new Set()));
    this.#names = Object.keys(entries);
    return compiled;
  }

  #compile(compiler: ViewCompiler, name: string, file: ViewFile): CompiledView {
    const result = compiler.compile(name);
    const template = compiler.load(name);
    this.#tellUntyped(template, result);
    if (name.startsWith(packagePrefix) && template.partial === undefined && result.isTyped) this.#assertReplaced(template, result);
    this.#write(this.pathOf(name), this.#withMap(name, file, result));
    return { template, result, file };
  }

  /** Compiles and writes all files, whether they are stale or not. Passes on all errors of each file, by file and place. */
  generateAll(onError: (error: unknown) => void): CompiledView[] {
    rmSync(join(this.generated, "views.json"), { force: true });
    const files = this.#read(this.#files);
    this.#removeOthers(files);
    const failures = new Map<string, unknown>();
    const compiled = this.generate(files, (error, name) => failures.set(name, error));
    const createCompiler = (changed: ReadonlyMap<string, ViewFile>): ViewCompiler => new ViewCompiler(changed, this.#code, this);
    if (failures.size > 0) findErrors(files, failures, createCompiler).forEach(onError);
    return compiled;
  }

  /** Removes the generated files of deleted templates: tsc would still report their errors. */
  #removeOthers(files: ReadonlyMap<string, ViewFile>): void {
    const folder = join(this.generated, "views");
    if (!existsSync(folder)) return;
    for (const entry of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
      const name = entry.replaceAll("\\", "/");
      if (name.endsWith(".ts") && !files.has(name.slice(0, -3).replace(/~[^/~]*$/, "")) && !files.has(name.slice(0, -3)))
        rmSync(join(folder, entry), { force: true });
    }
  }

  #read(known: ReadonlyMap<string, ViewFile>): Map<string, ViewFile> {
    return readViews(this.folders, known, this.#ownFolders);
  }

  /** The props that a package passes to its own view must fit the file that replaces it: tsc reports a mismatch at the package's props. */
  #assertReplaced({ name, source, body }: Template, { writer }: ModuleResult): void {
    const path = relative(dirname(this.pathOf(name)), this.pathOf(name.slice(packagePrefix.length))).replaceAll("\\", "/");
    const at = body.find(({ type }) => type === "props")?.at ?? 0;
    writer.code(
      `import type { Props as $Own } from ${JSON.stringify(path.startsWith(".") ? path : `./${path}`)}; export const $fits: (props: Props) => $Own = (props) => ${mark(at)}props; `,
      source.text.length,
    );
  }

  #tellUntyped({ source }: Template, { freeNames, isTyped }: ModuleResult): void {
    const [first] = freeNames;
    if (isTyped || first === undefined) return;
    const [name, at] = first;
    if (this.#options.untyped === "error") {
      throw source.error(
        "E_VIEW_NAME",
        at,
        `"${name}" is not declared`,
        `Declare it: {% props ${[...freeNames.keys()].map((each) => `${each}: Type`).join(", ")} %}.`,
      );
    }
    this.#options.onWarning?.(
      { view: source.name, names: [...freeNames.keys()] },
      `The view ${source.name} uses undeclared names; add {% props %}.`,
    );
  }

  /** Returns the generated file of a view. */
  pathOf(name: string): string {
    // A partial has its own file; # would start a fragment in the URL of a module.
    return join(this.generated, "views", `${name.replace("#", "~")}.ts`);
  }

  /** Options of the compiler. */
  get options(): ViewProjectOptions {
    return this.#options;
  }

  #isFresh(entry: ManifestEntry, manifest: Manifest, files: ReadonlyMap<string, ViewFile>): boolean {
    return entry.dependencies.every((name) => {
      const dependency = manifest.views[name];
      return (
        dependency !== undefined &&
        files.get(fileOf(name))?.hash === dependency.hash &&
        this.#isFreshOnce(name, dependency, manifest, files)
      );
    });
  }

  readonly #visiting = new Set<string>();

  /** Files may include each other. */
  #isFreshOnce(name: string, entry: ManifestEntry, manifest: Manifest, files: ReadonlyMap<string, ViewFile>): boolean {
    if (this.#visiting.has(name)) return true;
    this.#visiting.add(name);
    const isFresh = this.#isFresh(entry, manifest, files);
    this.#visiting.delete(name);
    return isFresh;
  }

  #withMap(name: string, file: ViewFile, { writer }: ModuleResult): string {
    const path = this.pathOf(name);
    const map = writer.toSourceMap(posix.basename(path.replaceAll("\\", "/")), relative(dirname(path), file.path).replaceAll("\\", "/"));
    return `${String(writer)}\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString("base64")}\n`;
  }

  #fingerprint(): string {
    const { directories: _directories, generated: _generated, watches: _watches, onWarning: _onWarning, ...options } = this.#options;
    const { globals, filters, tests, components } = this.#code;
    const facts = [options, [...globals], [...filters], [...tests], [...components]];
    return createHash("sha256").update(JSON.stringify(facts)).digest("base64url").slice(0, 16);
  }

  #readManifest(): Manifest | undefined {
    try {
      // Only #write writes it; the version number identifies other versions.
      return JSON.parse(readFileSync(join(this.generated, "views.json"), "utf8")) as Manifest;
    } catch {
      return undefined;
    }
  }

  /** Writes under another name first, and only files that differ: a running tsc sees no other change. */
  #write(path: string, text: string): void {
    if (existsSync(path) && readFileSync(path, "utf8") === text) return;
    try {
      mkdirSync(dirname(path), { recursive: true });
      const temporary = `${path}.${process.pid}.tmp`;
      writeFileSync(temporary, text);
      renameSync(temporary, path);
    } catch (error) {
      throw new GableError("E_VIEW_STALE", `${path} is older than its view and cannot be written: ${toErrorText(error)}.`, {
        cause: error,
      });
    }
  }

  /** A module is imported again under a new URL if it or a file it uses has changed. It stays in memory as long as the process. */
  #registerHook(): void {
    const folder = `${pathToFileURL(join(this.generated, "views")).href}/`;
    registerHooks({
      resolve: (specifier, context, nextResolve) => {
        const resolved = nextResolve(specifier, context);
        if (!resolved.url.startsWith(folder) || resolved.url.includes("?")) return resolved;
        const name = decodeURIComponent(resolved.url.slice(folder.length)).replace(/(?:~(\w+))?\.ts$/, (_end, partial?: string) =>
          partial === undefined ? "" : `#${partial}`,
        );
        return { ...resolved, url: `${resolved.url}?v=${this.#versions.get(name) ?? "0"}` };
      },
    });
  }

  /**
   * Imports changed files that were requested before; other changed files are imported when they are shown.
   * A module stays in memory as long as the process: saving a layout must not load all pages again each time.
   */
  async #importChanged(before: ReadonlyMap<string, string>): Promise<void> {
    const views = new Map<string, View>();
    for (const name of this.#names) {
      const known = this.#views.get(name);
      const isSame = known !== undefined && before.get(name) === this.#versions.get(name);
      try {
        if (isSame) views.set(name, known);
        else if (this.#used.has(name) || known === undefined || known.mode !== "html") views.set(name, await this.#import(name));
        else views.set(name, this.#importLater(known, name));
      } catch (error) {
        // A module that the file imports has an error.
        this.#failures.set(name, error);
      }
    }
    this.#views = views;
  }

  /** A view whose module is loaded when it is first written. */
  #importLater({ name, mode, type }: View, key: string): View {
    const version = this.#versions.get(key);
    const write: View["write"] = (out, body, props, blocks) =>
      out.suspend(body, this.#import(key), (later, text, value) => {
        const view = value as View; // What the import returns.
        // Known from now on, unless the file has changed again.
        if (this.#versions.get(key) === version) this.#views.set(key, view);
        return view.write(later, text, checked(view, props), blocks);
      });
    return { name, mode, type, write };
  }

  async #import(name: string): Promise<View> {
    // Generated: each module exports its view.
    const module = (await import(pathToFileURL(this.pathOf(name)).href)) as { view: View };
    return module.view;
  }

  async #importAll(names: readonly string[]): Promise<void> {
    const views = new Map<string, View>();
    for (const name of names) {
      views.set(name, await this.#import(name));
    }
    this.#views = views;
  }
}

/** Returns a fingerprint of the content of a file and of all files it uses. */
function versionOf(name: string, entries: Readonly<Record<string, ManifestEntry>>, seen: Set<string>): string {
  // Partials have the source of their file, but other modules.
  const hashes: string[] = [name];
  const visit = (each: string): void => {
    const entry = entries[each];
    if (entry === undefined || seen.has(each)) return;
    seen.add(each);
    hashes.push(entry.hash);
    entry.dependencies.forEach(visit);
  };
  visit(name);
  return createHash("sha256").update(hashes.join()).digest("base64url").slice(0, 12);
}

const outputs: Readonly<Record<string, string>> = { html: "Html", xml: "Xml" };

/** Writes `.gable/views.ts`: names, props and outputs of all views, for view(). */
function toRegistry(names: readonly string[]): string {
  const imports = names.map(
    (name, index) => `import type { Props as P${index} } from ${JSON.stringify(`./views/${name.replace("#", "~")}.ts`)};`,
  );
  const members = names.map(
    (name, index) => `    ${JSON.stringify(name)}: { props: P${index}; output: ${outputs[String(modeOf(fileOf(name)))] ?? "PlainText"} };`,
  );
  return `${imports.join("\n")}\nimport type { Html, PlainText, Xml } from "gable/views";\n\ndeclare module "gable/views" {\n  interface Views {\n${members.join("\n")}\n  }\n}\n\nexport type ViewOutputs = Html | PlainText | Xml;\n`;
}
