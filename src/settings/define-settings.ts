/** defineSettings(): one typed value for everything that differs between machines. */
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
import { findUrlPasswords, redactUrl } from "./redactor.ts";
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
/** A value whose name alone makes it a secret is removed from texts from this length on: shorter ones can be ordinary words. */
const namedSecretMin = 16;
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
      secrets.push(...findSecrets(name, reader, read.value));
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
  const { variable, isSecret, rule } = reader;
  const fail = (problem: string, fix: string): ReadSetting => ({ problem: { name: variable, problem, fix } });
  const succeed = (value: unknown, source: string): ReadSetting => ({ value, facts: describe(name, reader, value, source) });
  const found = findVariable(sources, variable);
  if (found === undefined) {
    const fallback = findDefault(reader.options, mode);
    if (!fallback.found) return fail("is missing", rule);
    return succeed(fallback.value, fallback.value === undefined ? "missing" : "default");
  }
  if ("problem" in found) return fail(found.problem, found.fix);
  const shown = isSecret ? "has a value that" : describeValue(redactUrl(found.text));
  const result = reader.parse(found.text);
  if ("problem" in result) return fail(`${shown} ${result.problem}`, result.fix);
  // The check takes what the reader gives.
  const problem = reader.options.check?.(result.value as never);
  return problem === undefined ? succeed(result.value, found.source) : fail(`${shown} ${problem}`, rule);
}

function readConstant(name: string, value: unknown): ReadSetting {
  const shown = isText(value) && isSecretName(name) ? secretMark : redactUrl(value);
  const facts = { name, variable: undefined, kind: "code", rule: "", source: "code", value: shown, isRequired: false, help: undefined };
  return { value, facts };
}

/** Texts that must not appear: those of secret readers, of secret names, and passwords in addresses. */
function findSecrets(name: string, reader: unknown, value: unknown): string[] {
  const texts = [value].flat().filter((each) => typeof each === "string");
  if (isReader(reader) && reader.isSecret) return texts;
  const isNamed = isSecretName(name) || (isReader(reader) && isSecretName(reader.variable));
  return texts.flatMap((text) => [...(isNamed && text.length >= namedSecretMin ? [text] : []), ...findUrlPasswords(text)]);
}

function isText(value: unknown): boolean {
  return typeof value === "string" || (Array.isArray(value) && value.some((each) => typeof each === "string"));
}

function describe(name: string, reader: AnySettingReader, value: unknown, source: string): SettingFacts {
  const { variable, kind, rule, isSecret, options } = reader;
  const isRequired = !findDefault(options, "production").found;
  const isNamed = isText(value) && (isSecretName(name) || isSecretName(variable));
  const shown = (isSecret && value !== undefined) || isNamed ? secretMark : redactUrl(value);
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
