/** `env`: what a setting can be read as. */
import { toErrorText } from "../errors/error-text.ts";
import type { OptionKind, OptionKinds } from "../errors/option-errors.ts";
import { assertKind, assertKnownOptions, optionInvalid } from "../errors/option-errors.ts";
import type { OutputOfSchema, StandardSchema } from "../handlers/standard-schema.ts";
import { findRuntimeModule } from "./runtime.ts";
import type { ReadResult, SettingOptions, SettingReader } from "./reader.ts";
import { parseBytes, parseDuration } from "./units.ts";

/** Bounds of a number. */
export interface NumberSettingOptions extends SettingOptions<number> {
  /** Smallest value. None by default. */
  min?: number;
  /** Largest value. None by default. */
  max?: number;
}

/** Length and form of a string. */
export interface TextSettingOptions extends SettingOptions<string> {
  /** Fewest characters. Default 1. */
  min?: number;
  /** Most characters. None by default. */
  max?: number;
  /** Form of the whole text. None by default. */
  pattern?: RegExp;
}

/** Which addresses are taken. */
export interface UrlSettingOptions extends SettingOptions<string> {
  /** Schemes without their colon, such as `["postgres", "sqlite"]`. By default any. */
  schemes?: readonly string[];
}

/** Options whose type says whether the value can be undefined. */
type Given<Options, Value> = Options extends { optional: true } ? (HasDefault<Options> extends true ? Value : Value | undefined) : Value;
type HasDefault<Options> = Options extends { default: {} } ? true : false;

const commonKinds: OptionKinds<SettingOptions<unknown>> = {
  default: true,
  development: true,
  test: true,
  production: true,
  optional: "boolean",
  check: "function",
  help: "string",
};
const boundKinds = { min: "number", max: "number" } as const;
/** Options of some kinds of settings. */
const ownKinds: Readonly<Record<string, Readonly<Record<string, OptionKind>>>> = {
  text: { ...boundKinds, pattern: "pattern" },
  int: boundKinds,
  number: boundKinds,
  duration: boundKinds,
  bytes: boundKinds,
  url: { schemes: "strings" },
};

const numberPattern = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,3})?$/i;
const truths: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  1: true,
  false: false,
  no: false,
  off: false,
  0: false,
};
const variablePattern = /^[A-Z][A-Z0-9_]*$/;

/**
 * Readers of environment variables for {@link defineSettings}.
 *
 * @example
 * const settings = defineSettings({ newsletterSize: env.int("NEWSLETTER_SIZE", { min: 1, max: 500, default: 50 }) });
 */
export const env = Object.freeze({
  /** Reads a string. */
  text<const Options extends TextSettingOptions>(
    variable: string,
    options?: Options & TextSettingOptions,
  ): SettingReader<Given<Options, string>> {
    const { min = 1, max, pattern } = options ?? {};
    const rule =
      max === undefined ? (min > 1 ? `a string of at least ${min} characters` : "a string") : `a string of ${min} to ${max} characters`;
    return reader("text", variable, options, pattern === undefined ? rule : `${rule} that matches ${pattern}`, (text) => {
      const { length } = [...text];
      return length >= min && (max === undefined || length <= max) && (pattern?.test(text) ?? true) ? text : undefined;
    });
  },

  /** Reads a whole number. */
  int<const Options extends NumberSettingOptions>(
    variable: string,
    options?: Options & NumberSettingOptions,
  ): SettingReader<Given<Options, number>> {
    return reader("int", variable, options, numberRule("whole number", options ?? {}), (text) =>
      inBounds(/^[+-]?\d{1,16}$/.test(text) ? Number(text) : Number.NaN, options ?? {}, Number.isSafeInteger),
    );
  },

  /** Reads a number. */
  number<const Options extends NumberSettingOptions>(
    variable: string,
    options?: Options & NumberSettingOptions,
  ): SettingReader<Given<Options, number>> {
    return reader("number", variable, options, numberRule("number", options ?? {}), (text) =>
      inBounds(numberPattern.test(text) ? Number(text) : Number.NaN, options ?? {}, Number.isFinite),
    );
  },

  /** Reads true or false: also yes, no, on, off, 1, 0. */
  boolean<const Options extends SettingOptions<boolean>>(
    variable: string,
    options?: Options & SettingOptions<boolean>,
  ): SettingReader<Given<Options, boolean>> {
    return reader("boolean", variable, options, "true or false", (text) => {
      const word = text.toLowerCase();
      return Object.hasOwn(truths, word) ? truths[word] : undefined;
    });
  },

  /** Reads an address with a scheme, such as `https://example.com` or `sqlite:var/app.db`. The value is the text as written. */
  url<const Options extends UrlSettingOptions>(
    variable: string,
    options?: Options & UrlSettingOptions,
  ): SettingReader<Given<Options, string>> {
    const { schemes } = options ?? {};
    assertKind("env.url()", "schemes", schemes, "strings");
    const rule =
      schemes === undefined
        ? "an address with a scheme, such as https://example.com"
        : `an address that starts with ${schemes.map((each) => `${each}:`).join(" or ")}`;
    return reader("url", variable, options, rule, (text) => {
      const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase();
      return scheme !== undefined && URL.canParse(text) && (schemes?.includes(scheme) ?? true) ? text : undefined;
    });
  },

  /** Reads texts with commas between them. */
  list<const Options extends SettingOptions<readonly string[]>>(
    variable: string,
    options?: Options & SettingOptions<readonly string[]>,
  ): SettingReader<Given<Options, readonly string[]>> {
    return reader("list", variable, options, "texts with commas between them", (text) => {
      const items = splitList(text);
      return items.length === 0 ? undefined : items;
    });
  },

  /** Reads one of some words. */
  choice<const Choice extends string, const Options extends SettingOptions<NoInfer<Choice>>>(
    variable: string,
    choices: readonly Choice[],
    options?: Options & SettingOptions<NoInfer<Choice>>,
  ): SettingReader<Given<Options, Choice>> {
    return reader("choice", variable, options, `one of: ${choices.join(", ")}`, (text) => choices.find((choice) => choice === text));
  },

  /** Reads a span of time such as `500ms`, `30s`, `15m`, `2h` or `7d`. The value is in seconds. */
  duration<const Options extends NumberSettingOptions>(
    variable: string,
    options?: Options & NumberSettingOptions,
  ): SettingReader<Given<Options, number>> {
    return reader("duration", variable, options, "a span of time such as 30s, 15m, 2h or 7d", (text) =>
      inBounds(parseDuration(text) ?? Number.NaN, options ?? {}, Number.isFinite),
    );
  },

  /** Reads a size such as `64KiB` or `10MB`. The value is in bytes. */
  bytes<const Options extends NumberSettingOptions>(
    variable: string,
    options?: Options & NumberSettingOptions,
  ): SettingReader<Given<Options, number>> {
    return reader("bytes", variable, options, "a size such as 64KiB or 10MB", (text) =>
      inBounds(parseBytes(text) ?? Number.NaN, options ?? {}, Number.isSafeInteger),
    );
  },

  /** Reads JSON. Check its form with {@link env.schema}. */
  json<const Options extends SettingOptions<unknown>>(
    variable: string,
    options?: Options & SettingOptions<unknown>,
  ): SettingReader<unknown> {
    return create({ kind: "json", variable, options, rule: "JSON", parse: (text) => parseJson(text) });
  },

  /** Reads a string that is never shown: a password or an access key. Its value stays out of logs and error pages. */
  secret<const Options extends TextSettingOptions>(
    variable: string,
    options?: Options & TextSettingOptions,
  ): SettingReader<Given<Options, string>> {
    return { ...env.text(variable, options), kind: "secret", isSecret: true };
  },

  /** Reads secrets with commas between them, the current one first: keys that rotate. */
  secrets<const Options extends SettingOptions<readonly string[]>>(
    variable: string,
    options?: Options & SettingOptions<readonly string[]>,
  ): SettingReader<Given<Options, readonly string[]>> {
    return {
      ...env.list(variable, options),
      kind: "secrets",
      isSecret: true,
      rule: "one secret, or several with commas between them; `npx gable key generate` makes one",
    };
  },

  /** Reads the path of a file that exists. The value is the absolute path. */
  file<const Options extends SettingOptions<string>>(
    variable: string,
    options?: Options & SettingOptions<string>,
  ): SettingReader<Given<Options, string>> {
    return reader("file", variable, options, "the path of a file that exists", (text) => {
      const path = findRuntimeModule("node:path")?.resolve(text) ?? text;
      return findRuntimeModule("node:fs")?.statSync(path, { throwIfNoEntry: false })?.isFile() === true ? path : undefined;
    });
  },

  /** Reads a value with any synchronous Standard Schema. A schema of objects gets the parsed JSON. */
  schema<Schema extends StandardSchema, const Options extends SettingOptions<OutputOfSchema<Schema>>>(
    variable: string,
    schema: Schema,
    options?: Options & SettingOptions<OutputOfSchema<Schema>>,
  ): SettingReader<Given<Options, OutputOfSchema<Schema>>> {
    if (typeof schema?.["~standard"]?.validate !== "function")
      throw optionInvalid(`env.schema("${variable}")`, "schema", schema, "a Standard Schema");
    return create({
      kind: "schema",
      variable,
      options,
      rule: "a value that the schema accepts",
      // The schema says that its output is of this type.
      parse: (text) => parseWith(schema, text) as ReadResult<OutputOfSchema<Schema>>,
    });
  },
});

/** Creates a reader from a function that returns undefined for a string that it does not accept. */
function reader<Value, Result>(
  kind: string,
  variable: string,
  options: SettingOptions<Value> | undefined,
  rule: string,
  read: (text: string) => Value | undefined,
): SettingReader<Result> {
  const parse = (text: string): ReadResult<Value> => {
    const value = read(text);
    return value === undefined ? { problem: `is not ${rule}`, fix: rule } : { value };
  };
  return create({ kind, variable, options, rule, parse });
}

function create<Value, Result>(
  definition: Omit<SettingReader<Value>, "isSecret" | "options"> & { options: SettingOptions<Value> | undefined },
): SettingReader<Result> {
  const { kind, variable, options = {} } = definition;
  const owner = `env.${kind}()`;
  if (typeof variable !== "string" || !variablePattern.test(variable))
    throw optionInvalid(owner, "name", variable, "the name of a variable: upper-case letters, digits and _");
  if (typeof options !== "object" || options === null) throw optionInvalid(owner, "options", options, "an object");
  assertKnownOptions(owner, options, { ...commonKinds, ...ownKinds[kind] });
  // `Result` is `Value`, and undefined where the options allow that.
  return { ...definition, options, isSecret: false } as unknown as SettingReader<Result>;
}

function numberRule(noun: string, { min, max }: NumberSettingOptions): string {
  if (min !== undefined && max !== undefined) return `a ${noun} from ${min} to ${max}`;
  if (min !== undefined) return `a ${noun} of at least ${min}`;
  return max === undefined ? `a ${noun}` : `a ${noun} of at most ${max}`;
}

function inBounds(
  value: number,
  { min = -Infinity, max = Infinity }: NumberSettingOptions,
  fits: (value: number) => boolean,
): number | undefined {
  return fits(value) && value >= min && value <= max ? value : undefined;
}

function splitList(text: string): string[] {
  return text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

function parseJson(text: string): ReadResult<unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return { value };
  } catch {
    return { problem: "is not JSON", fix: "JSON" };
  }
}

/** Tries the string first. If the schema rejects it, and it starts like an object or a list, tries it as JSON. */
function parseWith(schema: StandardSchema, text: string): ReadResult<unknown> {
  const tries = /^\s*[[{]/.test(text) ? [text, ...parsedOf(text)] : [text];
  let problem = "is refused by its schema";
  for (const input of tries) {
    const result = validate(schema, input);
    if (typeof result === "string") return { problem: result, fix: "a schema that does not throw" };
    if (result instanceof Promise) {
      // Its error would end the process, with the value in its message.
      result.catch(() => undefined);
      return { problem: "has a schema that waits or throws", fix: "a schema that answers without waiting" };
    }
    if (result.issues === undefined) return { value: result.value };
    problem = `is refused by its schema: ${result.issues[0]?.message ?? "no reason given"}`;
  }
  return { problem, fix: "a value that the schema accepts" };
}

function validate(schema: StandardSchema, input: unknown): ReturnType<StandardSchema["~standard"]["validate"]> | string {
  try {
    return schema["~standard"].validate(input);
  } catch (error) {
    return `is refused by its schema, which threw: ${toErrorText(error)}`;
  }
}

function parsedOf(text: string): unknown[] {
  const parsed = parseJson(text);
  return "value" in parsed ? [parsed.value] : [];
}
