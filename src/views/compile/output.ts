/** Writes static text, values, and markup in their contexts. */
import { kinds } from "../reading/places.ts";
import type { Place } from "../reading/places.ts";
import { keepNewline } from "../reading/plan.ts";
import { nonceRef } from "../reading/tokenizer.ts";
import type { Expression, TransExpression } from "../syntax/nodes.ts";
import { endOf } from "./assignments.ts";
import type { Placed } from "./context-pass.ts";
import type { FileWriter, Frame, StatementOf } from "./frame.ts";
import { writeFunctionBody } from "./frame.ts";
import { awaits } from "./template.ts";

/** Runtime functions for the usual contexts; all others use `place`. */
const writers: Readonly<Record<number, string>> = {
  [kinds.attribute]: "part",
};

/** Runtime functions for attributes that may be omitted. */
const wholeWriters: Readonly<Record<number, string>> = {
  [kinds.wholeAttribute]: "whole",
  [kinds.wholeUrl]: "address",
};

/** Writes static text, with a hole for each nonce. */
export function writeData({ file }: Frame, statement: StatementOf<"data">): void {
  const parts = file.contexts.data.get(statement);
  if (parts === undefined) return file.code.static(statement.text, statement.at);
  for (const part of parts) {
    if (part.type === "text") file.code.static(part.text, statement.at);
    else if ((part.ref as unknown) === nonceRef) writeNonce(file, part.place!, statement.at); // The reader's own symbol.
  }
}

function writeNonce(file: FileWriter, { address, addressRef }: Place, at: number): void {
  // In files, the reader knows holes by their statements.
  const output = addressRef as StatementOf<"output"> | undefined;
  const code = address !== undefined ? JSON.stringify(address) : output === undefined ? "undefined" : file.expressions.value(output.value);
  file.code.rawCode(`$body = $.nonce($out, ${file.code.takeBody()}, ${code}); `, at);
}

/** Writes a value. */
export function writeOutput(frame: Frame, statement: StatementOf<"output">): void {
  const { file } = frame;
  const { mode } = file.template;
  const { at } = statement;
  const code = toOutputValue(file, statement.value);
  if (mode !== "html") {
    const place = file.contexts.places.get(statement)?.();
    const more = mode === "xml" ? `, ${JSON.stringify(place)}` : "";
    const writer = file.template.name.endsWith(".eml") ? "mail" : mode;
    return file.code.rawCode(`$body = $.${writer}Value($out, ${file.code.takeBody()}, ${code}${more}); `, at);
  }
  // The reader has placed every value of an HTML file.
  const place = file.contexts.places.get(statement)!() as Place;
  if (place.kind === kinds.grouped || place.kind === kinds.comment) return;
  if (!frame.isEscaping && place.kind === kinds.text)
    return file.code.rawCode(`$body = $.unescaped($out, ${file.code.takeBody()}, ${code}); `, at);
  if (place.kind === kinds.text) return writeText(file, code, at);
  writePlace(file, place, code, at);
}

/** Writes markup in place. In an attribute or a title it is a value, reduced to what its context accepts. */
export function writeMarkup({ file }: Frame, statement: Placed, write: (body: string) => string, value?: string): void {
  const { at, type } = statement;
  const place = file.contexts.places.get(statement)?.() as Place | undefined; // Only HTML has markup in contexts.
  if (place === undefined) return file.code.rawCode(`$body = ${write(file.code.takeBody(keepNewline))}; `, at);
  if (place.kind === kinds.comment) return;
  if (place.kind !== kinds.attribute && place.kind !== kinds.wholeAttribute && place.kind !== kinds.rcdata) {
    const what = place.attribute === "" ? `<${place.element}>` : `"${place.attribute}" of <${place.element}>`;
    throw file.error(
      "E_VIEW_PLACE",
      at,
      `"${type === "filterBlock" ? "filter" : type}" inserts markup, which is not allowed in ${what}`,
      "Move it to text; here, compute the value before with set.",
    );
  }
  writePlace(file, place, value ?? `$.joined([($out, $body) => ${write("$body")}])`, at);
}

function writePlace(file: FileWriter, place: Place, code: string, at: number): void {
  const name = `$p${file.places.length}`;
  const { refs, addressRef: _addressRef, ...facts } = place;
  // JSON has no undefined; an attribute with a value is undefined here.
  const entries = [...(facts.tagAttributes ?? [])].map(
    ([key, value]) => `[${JSON.stringify(key)}, ${JSON.stringify(value) ?? "undefined"}]`,
  );
  const type = file.typeText("<string, string | undefined>");
  const tagAttributes = facts.tagAttributes === undefined ? "" : `, new Map${type}([${entries.join(", ")}])`;
  const isSvg = /\.svg(?:#|$)/.test(file.template.name);
  const written = { ...facts, tagAttributes: undefined, ...(isSvg && { isSvg }), where: file.template.source.place(at) };
  file.places.push(`const ${name} = $.definePlace(${JSON.stringify(written)}${tagAttributes}); `);
  const whole = wholeWriters[place.kind];
  if (whole !== undefined) {
    // The static text comes in both forms: with the name and the quote, and without the attribute.
    const text = file.code.takeText();
    const forms = `${JSON.stringify(`${text} ${place.attribute}="`)}, ${JSON.stringify(text)}`;
    return file.code.attribute(`$body = $.${whole}($out, $body, ${name}, ${forms}, ${code}`, at);
  }
  const body = place.kind === kinds.rcdata ? file.code.takeBody(keepNewline) : file.code.takeBody();
  if (refs === undefined) return file.code.rawCode(`$body = $.${writers[place.kind] ?? "place"}($out, ${body}, ${name}, ${code}); `, at);
  const values = (refs as Placed[]).map((each) => toGroupedValue(file, each)); // See writeNonce.
  file.code.rawCode(`$body = $.urlGroup($out, ${body}, ${name}, [${values.join(", ")}]); `, at);
}

function toGroupedValue(file: FileWriter, placed: Placed): string {
  if (placed.type === "output") return toOutputValue(file, placed.value);
  throw file.error("E_VIEW_PLACE", placed.at, "markup is inside an address", "Compute the value before with set.");
}

/** Writes the code of a value between tags. */
export function writeText(file: FileWriter, code: string, at: number): void {
  file.code.rawCode(`$body = $.text($out, ${file.code.takeBody(keepNewline)}, ${code}); `, at);
}

/** Returns the code of a value. A pending value becomes a promise in its place, so that it does not delay the rest. */
function toOutputValue(file: FileWriter, value: Expression): string {
  const code = file.expressions.value(value);
  return awaits(value) ? `(async () => ${code})()` : code;
}

/** Writes the opening tag of a string to translate as a function; returns the code of the pair. */
export function writeWrapper(file: FileWriter, { at, open, close }: TransExpression["wrappers"][number]): string {
  const id = file.createId("w");
  file.code.code(`const ${id}${file.typeText(": $.HtmlWriter")} = ($out, $body) => { void $out; `, at);
  writeFunctionBody(file.rootFrame(), open, at);
  file.code.code("}; ", endOf(open, at));
  return `[${id}, ${JSON.stringify(close)}]`;
}
