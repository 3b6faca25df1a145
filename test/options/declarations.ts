/** Reads the public objects of options, and the kinds of values of their options, from the declarations under api/. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** A thing that an entry of the package exports. */
interface Declaration {
  readonly entry: string;
  readonly text: string;
  readonly kind: string;
  readonly name: string;
}

/** An option: its name, the text of its type, and whether it can be left out. */
export interface Option {
  readonly name: string;
  readonly type: string;
  readonly isOptional: boolean;
}

/** An object of options, by the entry that exports it. */
export interface OptionObject {
  readonly entry: string;
  readonly options: readonly Option[];
}

/** Kinds of values. */
export type Kind = "string" | "number" | "boolean" | "null" | "list" | "object" | "function" | "bigint";

/** What an option accepts; undefined for any value. */
export interface Accepted {
  readonly kinds: ReadonlySet<Kind>;
  /** Types of the members of a list. */
  readonly members: readonly string[];
  /** Whether all its strings are written in the type. */
  readonly isChoice: boolean;
}

const declarations = readDeclarations();
const byName = new Map(declarations.map((declaration) => [`${declaration.entry}.${declaration.name}`, declaration]));

/** Finds the public interfaces of options, and the functions with an object of options that has no name. */
export function findOptionObjects(): ReadonlyMap<string, OptionObject> {
  // By name and text: several entries export the same interface, and some interfaces share a name.
  const named = new Map<string, Map<string, string>>();
  const found = new Map<string, OptionObject>();
  for (const { entry, text, kind, name } of declarations) {
    for (const [method, body] of findUnnamed(text))
      found.set(kind === "function" ? `${name}()` : `${name}.${method}()`, { entry, options: readMembers(body) });
    if (!/^(?:interface|type)$/.test(kind) || !/(?:Options|Settings|Config)$/.test(name)) continue;
    const texts = named.get(name) ?? new Map<string, string>();
    named.set(name, texts.set(text, texts.get(text) ?? entry));
  }
  for (const [name, texts] of named)
    for (const entry of texts.values())
      found.set(texts.size === 1 ? name : `${entry}.${name}`, { entry, options: readOptions(name, entry) });
  return found;
}

/** Returns the object of options that an interface describes, whatever its name. */
export function readObject(name: string): OptionObject {
  const { entry } = declarations.find((declaration) => declaration.name === name)!;
  return { entry, options: readOptions(name, entry) };
}

/** Types that the declarations do not write out, as what they are. */
const writtenOut: Readonly<Record<string, string>> = {
  Isolation: '"read committed"',
  Purpose: '"read"',
  "FieldName<Fields>": "string",
  "ValueCheck<Value>": "() => unknown",
};

/** Returns what a type accepts; undefined for a type that this reader does not know, such as a type parameter. */
export function readAccepted(type: string, entry: string, depth = 0): Accepted | undefined {
  const kinds = new Set<Kind>();
  const members: string[] = [];
  let isChoice = true;
  for (const written of splitAt(type, "|")) {
    const part = writtenOut[written] ?? written;
    const kind = readKind(part);
    if (part === "undefined" || part === "") continue;
    if (kind !== undefined) {
      kinds.add(kind);
      if (kind === "list") members.push(toMember(part));
      if (part === "string" || part.startsWith("`")) isChoice = false;
      continue;
    }
    const found = findDeclaration(/^\w+/.exec(part)?.[0] ?? "", entry);
    if (found === undefined || depth > 5) return undefined;
    if (found.kind !== "type") {
      kinds.add(/\n {4}(?:<|\()/.test(found.text) ? "function" : "object");
      if (/\n {4}(?:<|\()/.test(found.text)) kinds.add("object");
      continue;
    }
    const nested = readAccepted(found.text.slice(found.text.indexOf("=") + 1).replace(/;\s*$/, ""), found.entry, depth + 1);
    if (nested === undefined) return undefined;
    for (const each of nested.kinds) kinds.add(each);
    members.push(...nested.members);
    if (!nested.isChoice) isChoice = false;
  }
  return { kinds, members, isChoice: isChoice && kinds.has("string") };
}

/** Finds what an entry exports under a name; an entry may use what only another one exports. */
function findDeclaration(name: string, entry: string): Declaration | undefined {
  return byName.get(`${entry}.${name}`) ?? declarations.find((declaration) => declaration.name === name);
}

const builtIn =
  /^(?:Date|RegExp|URL|Uint8Array|Buffer|Headers|Error|StandardSchema|ReadableStream|AbortSignal|Intl\.\w+|Map|ReadonlyMap|Record|Partial|Pick|Omit)\b/;

function readKind(part: string): Kind | undefined {
  if (/^(?:string|keyof\b.*)$|^["`]/.test(part)) return "string";
  if (/^number$|^-?\d/.test(part)) return "number";
  if (/^(?:boolean|true|false)$/.test(part)) return "boolean";
  if (part === "bigint") return "bigint";
  if (part === "null") return "null";
  if (/^\(.*\) => /s.test(part)) return "function";
  if (/\[\]$|^(?:Readonly)?Array</.test(part)) return "list";
  if (part.startsWith("Readonly<")) return readKind(part.slice(9, -1)) ?? "object";
  if (part.startsWith("{") || builtIn.test(part)) return "object";
  return undefined;
}

function toMember(list: string): string {
  const inner = /^(?:Readonly)?Array<(.*)>$/s.exec(list)?.[1] ?? list.replace(/^readonly /, "").slice(0, -2);
  return /^\(.*\)$/s.test(inner) ? inner.slice(1, -1) : inner;
}

/** Returns the options of an interface or a type, with those that it extends. */
function readOptions(name: string, entry: string): Option[] {
  const declaration = findDeclaration(name, entry);
  if (declaration === undefined) return [];
  const { text } = declaration;
  const start = text.indexOf("{");
  const head = start === -1 ? text : text.slice(0, start);
  const extended = /(?:extends|=) ([\s\S]*)$/.exec(
    head.replace(/<[^<>]*>/, (own) => (head.startsWith(`interface ${name}${own}`) ? "" : own)),
  );
  const own = start === -1 ? [] : readMembers(text.slice(start + 1, findEnd(text, start)));
  const inherited = splitAt((extended?.[1] ?? "").trim().replaceAll("&", ","), ",").flatMap((parent) => {
    const [, mapped, base = parent, names = ""] = /^(Omit|Pick)<(\w+)[^,]*, (.*)>;?$/s.exec(parent) ?? [];
    const all = readOptions(/^\w+/.exec(base)?.[0] ?? "", entry);
    const listed = new Set([...names.matchAll(/"(\w+)"/g)].map((match) => match[1]!));
    return mapped === undefined ? all : all.filter((option) => listed.has(option.name) === (mapped === "Pick"));
  });
  const ownNames = new Set(own.map((option) => option.name));
  return [...own, ...inherited.filter((option) => !ownNames.has(option.name))];
}

function readMembers(body: string): Option[] {
  return splitAt(body, ";").flatMap((member) => {
    const match = /^(?:readonly )?(\w+)(\?)?: ([\s\S]+)$/.exec(member);
    return match === null ? [] : [{ name: match[1]!, isOptional: match[2] === "?", type: match[3]!.trim() }];
  });
}

/** Splits a string at a character outside of brackets and strings. */
function splitAt(text: string, separator: string): string[] {
  const parts = [""];
  let depth = 0;
  for (const [index, character] of [...text.replace(/=>/g, "=\u0000")].entries()) {
    const real = text[index]!;
    if ("([{<".includes(character)) depth++;
    else if (")]}>".includes(character)) depth--;
    if (depth === 0 && character === separator) parts.push("");
    else parts[parts.length - 1] += real;
  }
  // A function type takes the rest: `() => a | b`.
  if (separator === "|") {
    const index = parts.findIndex((part) => /^\s*(?:<.*>)?\(.*\) => /s.test(part));
    if (index !== -1) parts.splice(index, parts.length, parts.slice(index).join("|"));
  }
  return parts.map((part) => part.trim()).filter((part) => part !== "");
}

function findEnd(text: string, start: number): number {
  let depth = 0;
  for (let index = start; index < text.length; index++) {
    if (text[index] === "{") depth++;
    else if (text[index] === "}" && --depth === 0) return index;
  }
  return text.length;
}

/** Reads what the entries of the package export, without comments. */
function readDeclarations(): Declaration[] {
  const root = fileURLToPath(new URL("../../api/", import.meta.url));
  return globSync("*.d.ts", { cwd: root })
    .toSorted()
    .flatMap((file) => {
      const code = readFileSync(join(root, file), "utf8").replace(/\/\*\*[\s\S]*?\*\/\s*/g, "");
      return code.split(/^export (?:declare )?/m).map((text) => {
        const [, kind = "", name = ""] = /^(?:abstract )?(class|interface|const|type|function) (\w+)/.exec(text) ?? [];
        return { entry: file.replace(".d.ts", ""), text: text.trim(), kind, name };
      });
    });
}

/** Returns the functions of a declaration with a parameter whose type is written as an object, and the text of the object. */
function findUnnamed(declaration: string): Array<readonly [name: string, body: string]> {
  const found: Array<readonly [string, string]> = [];
  const open: number[] = [];
  for (const { 0: bracket, index } of declaration.matchAll(/[()[\]{}]/g)) {
    const start = open.at(-1) ?? -1;
    if (bracket === "{" && declaration[start] === "(" && /[\w}]\??: (?:[\w<>, ]+ & )?$/.test(declaration.slice(start, index))) {
      const line = declaration.slice(declaration.lastIndexOf("\n", start) + 1, start);
      const name = /^\s*(?:(?:static|readonly|get|function|const) )*(\w*)/.exec(line)![1]!;
      found.push([name, declaration.slice(index + 1, findEnd(declaration, index))]);
    }
    if ("({[".includes(bracket)) open.push(index);
    else open.pop();
  }
  return found;
}
