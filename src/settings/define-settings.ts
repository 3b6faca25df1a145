/** defineSettings(): one typed value for everything that differs between machines. */
import { toErrorText } from "../errors/error-text.ts";
import { GableError } from "../errors/gable-error.ts";
import { assertKnownOptions, describeValue, optionInvalid } from "../errors/option-errors.ts";
import { findNearestName } from "../errors/nearest-name.ts";
import { isSecretName } from "../errors/secret-names.ts";
import { findCallerPlace, toPlaceText } from "../errors/source-place.ts";
import type { Mode } from "../parts/mode.ts";
import { readProcessEnvironment } from "./runtime.ts";
import type { AnySettingReader, SettingReader } from "./reader.ts";
import { findDefault } from "./reader.ts";
import type { Redactor } from "../errors/secret-redactor.ts";
import { createSecretRedactor, rememberSecrets, secretMark } from "../errors/secret-redactor.ts";
import { describeText, redactProblem } from "./setting-problem.ts";
import { findValueSecrets, toShownValue } from "./shown-value.ts";
import type { SettingSource } from "./sources.ts";
import { findVariable, readSources } from "./sources.ts";

/** The value of each setting. A setting that is not a reader keeps its own type. */
export type Settings<Definition> = {
  readonly [Name in keyof Definition]: Definition[Name] extends SettingReader<infer Value> ? Value : Definition[Name];
};

/** Where settings come from. */
export interface DefineSettingsOptions {
  /** Mode whose defaults hold. Default: the variable `GABLE_MODE`, else production. */
  mode?: Mode;
  /** Folder of the `.env` files. Default: the working directory. */
  folder?: string;
  /** Variables in place of those of the process and of the files, for tests. None by default. */
  variables?: Readonly<Record<string, string | undefined>>;
}

/** One setting, for lists. The values of secrets are left out. */
export interface SettingFacts {
  /** Name in the settings. */
  readonly name: string;
  /** Variable that it is read from; undefined for a value of the code. */
  readonly variable: string | undefined;
  /** Kind of the value. */
  readonly kind: string;
  /** What to write. */
  readonly rule: string;
  /** Where the value comes from: `environment`, a file, `default`, `code`, or `missing`. */
  readonly source: string;
  /** The value; `[secret]` for a secret. */
  readonly value: unknown;
  /** Whether it must be given in production. */
  readonly isRequired: boolean;
  /** What it is for. */
  readonly help: string | undefined;
}

/** One thing to correct. */
export interface SettingProblem {
  /** Variable, or name of the setting. */
  readonly name: string;
  /** The problem, such as `is missing`. */
  readonly problem: string;
  /** What to write. */
  readonly fix: string;
}

/** What the framework stores in addition to the values. */
interface SettingsRecord {
  readonly facts: readonly SettingFacts[];
  readonly secrets: readonly string[];
}

/** Key of the record on a settings object: shared by two copies of the package in one process. */
const recordKey = Symbol.for("gable.settings");
/** Kinds whose values are shown, whatever their names are. */
const plainKinds: ReadonlySet<string> = new Set(["boolean", "duration", "bytes"]);
/** Variables with the prefix of the framework that are read elsewhere. */
const frameworkVariables = ["GABLE_DEV", "GABLE_EDITOR", "GABLE_LOG", "GABLE_MODE", "GABLE_SUPERVISOR", "GABLE_TASKS", "GABLE_TOOLBAR"];

/**
 * Reads all settings, and reports all problems of them together, before anything opens.
 * Throws `E_SETTINGS_INVALID`; its `details.problems` is a list of {@link SettingProblem}.
 *
 * @example
 * export const settings = defineSettings({ origin: env.url("ORIGIN", { development: "http://localhost:3000" }) });
 */
export function defineSettings<const Definition extends Readonly<Record<string, unknown>>>(
  definition: Definition,
  options: DefineSettingsOptions = {},
): Settings<Definition> {
  if (typeof definition !== "object" || definition === null) throw optionInvalid("defineSettings()", "settings", definition, "an object");
  assertKnownOptions("defineSettings()", options, { mode: ["development", "test", "production"], folder: "string", variables: "object" });
  const mode = options.mode ?? readMode();
  const sources: SettingSource[] =
    options.variables === undefined ? readSources(mode, options.folder) : [{ name: "environment", values: options.variables }];
  const problems: SettingProblem[] = [];
  const facts: SettingFacts[] = [];
  const secrets: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, reader] of Object.entries(definition)) {
    const read = isReader(reader) ? readSetting(name, reader, mode, sources) : readConstant(name, reader);
    if ("problem" in read) problems.push(read.problem);
    else {
      values[name] = read.value;
      facts.push(read.facts);
      const isSecret = isReader(reader) && reader.isSecret;
      secrets.push(...findValueSecrets(read.value, isReader(reader) ? [name, reader.variable] : [name], isSecret));
    }
  }
  rememberSecrets(secrets);
  problems.push(...findUnknown(sources, Object.values(definition).filter(isReader)));
  if (problems.length > 0) throw settingsInvalid(problems, toPlaceText(findCallerPlace(defineSettings)));
  // The loop has read each of them by its reader.
  return withRecord(values, { facts, secrets }) as Settings<Definition>;
}

type ReadSetting = { readonly value: unknown; readonly facts: SettingFacts } | { readonly problem: SettingProblem };

function readSetting(name: string, reader: AnySettingReader, mode: Mode, sources: readonly SettingSource[]): ReadSetting {
  const { variable, rule } = reader;
  const fail = (problem: string, fix: string): ReadSetting => ({ problem: { name: variable, problem, fix } });
  const succeed = (value: unknown, source: string): ReadSetting => ({ value, facts: describe(name, reader, value, source) });
  const found = findVariable(sources, variable);
  if (found === undefined) {
    const fallback = findDefault(reader.options, mode);
    if (!fallback.found) return fail("is missing", rule);
    return succeed(fallback.value, fallback.value === undefined ? "missing" : "default");
  }
  if ("problem" in found) return fail(found.problem, found.fix);
  const hidden = { isHidden: isHidden(name, reader), text: found.text };
  const shown = describeText(hidden);
  const result = reader.parse(found.text);
  if ("problem" in result)
    return fail(`${shown} ${reader.kind === "schema" ? redactProblem(result.problem, hidden) : result.problem}`, result.fix);
  const problem = check(reader, result.value);
  if (problem === undefined) return succeed(result.value, found.source);
  return fail(`${shown} ${redactProblem(problem, { ...hidden, value: result.value })}`, rule);
}

function check({ options }: AnySettingReader, value: unknown): string | undefined {
  try {
    // The check takes what the reader gives.
    return options.check?.(value as never);
  } catch (error) {
    return `is refused by its check, which threw: ${toErrorText(error)}`;
  }
}

/** Whether a value is never shown, also because of its name. */
function isHidden(name: string, { isSecret, variable }: AnySettingReader): boolean {
  return isSecret || isSecretName(name) || isSecretName(variable);
}

function readConstant(name: string, value: unknown): ReadSetting {
  const shown = toShownValue(value, isSecretName(name));
  const facts = { name, variable: undefined, kind: "code", rule: "", source: "code", value: shown, isRequired: false, help: undefined };
  return { value, facts };
}

function describe(name: string, reader: AnySettingReader, value: unknown, source: string): SettingFacts {
  const { variable, kind, rule, options } = reader;
  const isRequired = !findDefault(options, "production").found;
  const isWhole = reader.isSecret || !plainKinds.has(kind);
  const shown = value !== undefined && isWhole && isHidden(name, reader) ? secretMark : toShownValue(value, false);
  return { name, variable, kind, rule, source, value: shown, isRequired, help: options.help };
}

/** A misspelt variable of the framework would have no effect. */
function findUnknown(sources: readonly SettingSource[], readers: readonly AnySettingReader[]): SettingProblem[] {
  const known = new Set([...frameworkVariables, ...readers.flatMap(({ variable }) => [variable, `${variable}_FILE`])]);
  const given = new Set(sources.flatMap(({ values }) => Object.keys(values)));
  return [...given]
    .filter((name) => name.startsWith("GABLE_") && !name.startsWith("GABLE_TEST_") && !known.has(name))
    .map((name) => {
      const nearest = findNearestName(name, known);
      return { name, problem: "is not a variable of Gable", fix: nearest === undefined ? "remove it" : `write ${nearest}` };
    });
}

function settingsInvalid(problems: readonly SettingProblem[], place: string): GableError {
  const width = Math.max(...problems.map(({ name }) => name.length)) + 3;
  const problemWidth = Math.max(...problems.map(({ problem }) => problem.length)) + 3;
  const lines = problems.map(({ name, problem, fix }) => `  ${name.padEnd(width)}${problem.padEnd(problemWidth)}fix: ${fix}`);
  const count = problems.length === 1 ? "1 setting cannot be used" : `${problems.length} settings cannot be used`;
  return new GableError("E_SETTINGS_INVALID", `${count} (${place})\n${lines.join("\n")}`, { details: { problems } });
}

function isReader(value: unknown): value is AnySettingReader {
  return typeof value === "object" && value !== null && "variable" in value && "parse" in value && "isSecret" in value;
}

/** Reads the mode of the process. Throws `E_SETTINGS_INVALID` for an unknown one. */
function readMode(): Mode {
  const mode = readProcessEnvironment()["GABLE_MODE"] || "production";
  if (mode === "development" || mode === "test" || mode === "production") return mode;
  throw settingsInvalid(
    [{ name: "GABLE_MODE", problem: `${describeValue(mode)} is not a mode`, fix: "development, test or production" }],
    "environment",
  );
}

/** Settings that are printed or turned to JSON show no secrets. */
function withRecord(values: Record<string, unknown>, record: SettingsRecord): object {
  const shown = (): object => Object.fromEntries(record.facts.map(({ name, value }) => [name, value]));
  Object.defineProperties(values, {
    [recordKey]: { value: record },
    toJSON: { value: shown },
    [Symbol.for("nodejs.util.inspect.custom")]: { value: shown },
  });
  return Object.freeze(values);
}

/** The facts of each setting, for lists and for `.env.example`. Empty for another object. */
export function describeSettings(settings: object): readonly SettingFacts[] {
  return recordOf(settings)?.facts ?? [];
}

/** Replaces all secrets of some settings in a string, for logs and error pages. */
export function createRedactor(settings: object): Redactor {
  return createSecretRedactor(listSecrets(settings));
}

/** Returns the values of the secrets of some settings: to remove them from texts. Empty for another object. */
export function listSecrets(settings: object): readonly string[] {
  return recordOf(settings)?.secrets ?? [];
}

/** Returns whether a value comes from `defineSettings()`. */
export function isSettings(value: unknown): value is object {
  return typeof value === "object" && value !== null && recordOf(value) !== undefined;
}

function recordOf(settings: object): SettingsRecord | undefined {
  // Only defineSettings() sets this key.
  return (settings as { [recordKey]?: SettingsRecord })[recordKey];
}
