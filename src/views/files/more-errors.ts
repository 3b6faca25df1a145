/** Finds all errors of files that cannot be compiled, for checks: repairs each error in memory, and compiles the file again. */
import { GableError, isGableError } from "../../errors/gable-error.ts";
import { SourceText } from "../syntax/source-text.ts";
import type { Repair } from "./repair.ts";
import { repairTemplate } from "./repair.ts";
import type { ViewCompiler } from "./view-compiler.ts";
import { toShownName } from "./view-compiler.ts";
import type { ViewFile } from "./view-folder.ts";

/** Maximum number of errors of one file. */
const errorsMax = 50;

/** Position of an error. */
interface Place {
  /** Name of the file. */
  readonly name: string;
  readonly at: number;
}

/** A repair of a file. */
interface Made extends Repair {
  /** Whether a value or markup was not allowed in its position. */
  readonly isPlace: boolean;
  readonly isInTagName: boolean;
}

/** Errors that depend on the HTML around a tag. */
const contextCodes = new Set(["E_VIEW_PLACE", "E_VIEW_BRANCHES", "E_VIEW_UNCLOSED"]);

/** Returns the errors of the files that cannot be compiled, by file and position, each once. Contains the first error of each file. */
export function findErrors(
  files: ReadonlyMap<string, ViewFile>,
  failures: ReadonlyMap<string, unknown>,
  createCompiler: (files: ReadonlyMap<string, ViewFile>) => ViewCompiler,
): unknown[] {
  const finder = new ErrorFinder(files, createCompiler);
  for (const [name, first] of failures) finder.findIn(name, first);
  return finder.errors;
}

class ErrorFinder {
  readonly #originals: ReadonlyMap<string, ViewFile>;
  readonly #createCompiler: (files: ReadonlyMap<string, ViewFile>) => ViewCompiler;
  /** Files with their repaired texts. */
  readonly #files: Map<string, ViewFile>;
  #compiler: ViewCompiler;
  readonly #repairs = new Map<string, Made[]>();
  readonly #found = new Map<string, { readonly error: unknown; readonly place: Place }>();
  /** Files by the names that errors show. */
  readonly #shown: ReadonlyMap<unknown, string>;

  constructor(files: ReadonlyMap<string, ViewFile>, createCompiler: (files: ReadonlyMap<string, ViewFile>) => ViewCompiler) {
    this.#originals = files;
    this.#files = new Map(files);
    this.#createCompiler = createCompiler;
    this.#compiler = createCompiler(this.#files);
    this.#shown = new Map([...files.values()].map((file) => [toShownName(file), file.name]));
  }

  /** The errors in order. */
  get errors(): unknown[] {
    const order = [...this.#originals.keys()];
    const found = [...this.#found.values()].map((each) => ({ ...each, index: order.indexOf(each.place.name) }));
    return found.sort((one, other) => one.index - other.index || one.place.at - other.place.at).map(({ error }) => error);
  }

  /** Finds the errors of a file, and those that it meets in other files. */
  findIn(name: string, first: unknown): void {
    this.#note(first, this.#placeOf(first) ?? { name, at: 0 });
    for (let error = this.#compile(name); error !== undefined && this.#take(error, name); error = this.#compile(name));
  }

  /** Compiles a file with its partials; returns the first error. */
  #compile(name: string): GableError | undefined {
    try {
      this.#compiler.compile(name);
      for (const partial of this.#compiler.load(name).partials.keys()) this.#compiler.compile(`${name}#${partial}`);
      return undefined;
    } catch (error) {
      // Any other error is the first one of its file, too.
      return isGableError(error) ? error : undefined;
    }
  }

  /** Notes an error and repairs it; returns whether the file may have more. */
  #take(error: GableError, compiled: string): boolean {
    const place = this.#placeOf(error);
    if (place === undefined) {
      this.#note(error, { name: compiled, at: 0 });
      return false;
    }
    const { name, at } = place;
    const repairs = this.#repairs.get(name) ?? [];
    if (repairs.length >= errorsMax || repairs.some(({ from, to }) => at >= from && at < to)) return false;
    if (!this.#isDoubtful(error, name)) this.#note(error, place);
    const file = this.#files.get(name)!;
    const isPlace = error.code === "E_VIEW_PLACE";
    const repair = repairTemplate(new SourceText(toShownName(file), file.text), { at, isPlace });
    if (repair === undefined) return false;
    const isInTagName = /<\/?[^\s>"'=]*$/.test(file.text.slice(0, repair.from));
    this.#repairs.set(name, [...repairs, { ...repair, isPlace, isInTagName }]);
    this.#files.set(name, { ...file, text: repair.text });
    this.#compiler = this.#createCompiler(this.#files);
    return true;
  }

  /** Whether a repair may have caused an error. */
  #isDoubtful({ code, details: { dependsOn } }: GableError, name: string): boolean {
    const repairs = this.#repairs.get(name) ?? [];
    const others = [...this.#repairs].filter(([other]) => other !== name).flatMap(([, made]) => made);
    // Without the undeclared names that a repair has removed, an untyped file would be checked as a typed one.
    if (code === "E_VIEW_PROP") return repairs.length > 0 && !this.#compiler.load(name).hasProps;
    // A repair may have removed "recursive", or a name such as "caller", even if it was misspelled.
    if (dependsOn === "loop") return repairs.length > 0;
    if (dependsOn === "macro") return [...repairs, ...others].some(({ isInMacro }) => isInMacro);
    if (!contextCodes.has(code)) return false;
    // After text instead of a value, other errors of the HTML may be consequences, up to the end of the element. So are those of blocks,
    // whose context is that of a parent.
    const isChild = this.#compiler.load(name).parent !== undefined;
    const betweenTagsAt = typeof dependsOn === "number" ? dependsOn : 0;
    const own = repairs.filter(({ to, isInTagName }) => isInTagName || to > betweenTagsAt);
    return [...own, ...(isChild ? others : [])].some(({ isPlace }) => isPlace);
  }

  #note(error: unknown, place: Place): void {
    const key = isGableError(error) ? `${error.code} ${error.message}` : error;
    if (!this.#found.has(String(key))) this.#found.set(String(key), { error: this.#withFrame(error, place), place });
  }

  /** Returns an error that shows the file as it is, without repairs. */
  #withFrame(error: unknown, { name, at }: Place): unknown {
    if (!this.#repairs.has(name) || !isGableError(error)) return error;
    const frame = new SourceText("", this.#originals.get(name)!.text).frame(at);
    return new GableError(error.code, error.message, { fix: error.fix, details: { ...error.details, frame } });
  }

  #placeOf(error: unknown): Place | undefined {
    const { file, line, column } = isGableError(error) ? error.details : {};
    const name = this.#shown.get(file);
    if (name === undefined || typeof line !== "number" || typeof column !== "number") return undefined;
    return { name, at: new SourceText("", this.#originals.get(name)!.text).offset({ line, column }) };
  }
}
