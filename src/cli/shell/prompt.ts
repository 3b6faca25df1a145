/** The prompt of `gable shell`: history, the banner of production, and what `reload()` hands on. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { REPLServer } from "node:repl";
import { start } from "node:repl";
import { styleText, types } from "node:util";

/** Values that one prompt hands on to the next, by name. */
export type HandedOn = Readonly<Record<string, unknown>>;

/** What a prompt needs. */
export interface PromptOptions {
  readonly folder: string;
  readonly isProduction: boolean;
  /** What code finds by name. */
  readonly names: Readonly<Record<string, unknown>>;
  /** Values of the prompt before. */
  readonly handedOn: HandedOn;
}

/** How a prompt ended. */
export interface PromptEnd {
  /** Values for the next prompt; undefined if the prompt ended without `reload()`. */
  readonly handedOn: HandedOn | undefined;
  /** Names whose values cannot be handed on. */
  readonly lost: readonly string[];
}

/** White on red, where the terminal has colours and `NO_COLOR` is not set. */
const red = (text: string): string => styleText(["bgRed", "whiteBright"], text);

/** Returns the banner above the first prompt of production. */
export function toBanner(rules: string): string {
  return red(` PRODUCTION: this is the production database. ${rules} `);
}

/** Asks while a line of the prompt runs: until then, the prompt keeps the keys for its next line. */
export async function askBetween(ask: () => Promise<boolean>): Promise<boolean> {
  const { stdin } = process;
  const listeners = stdin.listeners("keypress") as Array<() => void>; // Functions, whatever they take.
  stdin.removeAllListeners("keypress");
  try {
    return await ask();
  } finally {
    for (const listener of listeners) stdin.on("keypress", listener);
    stdin.setRawMode(true);
    stdin.resume();
  }
}

/** Opens a prompt, and waits for its end. */
export async function runPrompt({ folder, isProduction, names, handedOn }: PromptOptions): Promise<PromptEnd> {
  await mkdir(join(folder, "var"), { recursive: true });
  const server: REPLServer = start({ prompt: isProduction ? `${red("production")}> ` : "gable> ", breakEvalOnSigint: true });
  const known = new Set(Object.getOwnPropertyNames(server.context));
  let isReloading = false;
  const reload = (): void => {
    isReloading = true;
    server.close();
  };
  Object.assign(server.context, names, { reload }, handedOn);
  for (const name of [...Object.keys(names), "reload"]) known.add(name);
  server.setupHistory(join(folder, "var", "shell-history"), () => undefined);
  await new Promise((ended) => server.once("exit", ended));
  // Reading a global that is a getter may throw.
  const all: Readonly<Record<string, TypedPropertyDescriptor<unknown>>> = Object.getOwnPropertyDescriptors(server.context);
  const own = Object.entries(all).flatMap(([name, { value }]) => (known.has(name) || value === undefined ? [] : [[name, value] as const]));
  const isKept = new Map(own.map(([name, value]) => [name, isPlain(value)]));
  return {
    handedOn: isReloading ? Object.fromEntries(own.filter(([name]) => isKept.get(name))) : undefined,
    lost: own.map(([name]) => name).filter((name) => !isKept.get(name)),
  };
}

/** Whether another process can get the same value: rows and functions belong to the modules that are loaded again. */
function isPlain(value: unknown): boolean {
  if (value === null || typeof value !== "object") return typeof value !== "function" && typeof value !== "symbol";
  if (Array.isArray(value)) return value.every(isPlain);
  if (types.isDate(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  // The prompt has separate globals, so its objects have another prototype with the same members.
  const isRecord = prototype === null || (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, "isPrototypeOf"));
  return isRecord && Object.values(value).every(isPlain);
}
