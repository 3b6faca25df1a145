/** Marks fragments of a page, which can be sent without the page around them. */
import { GableError } from "../../errors/gable-error.ts";
import { DelegatingContext } from "./delegating-context.ts";
import { escapeAttribute } from "../escape/attribute.ts";
import { Output } from "./output.ts";
import type { RenderContext } from "./render-context.ts";
import { joinSegments, render } from "./render.ts";
import { hashText } from "./text-hash.ts";
import { Html } from "../values.ts";
import { walkIn } from "./walk-context.ts";
import { writeHtml } from "./write.ts";
import { writtenHtml } from "./markup.ts";

/**
 * Marks a fragment of a page. In the page, it is written unchanged; {@link renderFragments} returns it on its own.
 * @example
 * html`<ul>${books.map((book) => fragment(`book-${book.id}`, html`<li>${book.title}</li>`))}</ul>`;
 */
export function fragment(name: string, content: Html): Html {
  return writtenHtml((out, body) => {
    if (out.context instanceof CollectingContext) out.context.collect(name, content);
    return writeHtml(out, body, content);
  });
}

/**
 * Returns the named fragments of a page, in the order of the names, each as
 * `<template data-region="name" data-hash="...">...</template>`. The hash changes with the content. Nonces are left
 * out, since scripts in such fragments do not run. Throws `E_VIEW_PARTIAL` for a name that the page does not mark.
 */
export async function renderFragments(page: Html, names: readonly string[], context: RenderContext = {}): Promise<string> {
  const collecting = new CollectingContext(context, names);
  await render(page, collecting);
  const pieces = await Promise.all(
    names.map(async (name) => {
      const text = await collecting.found.get(name);
      if (text !== undefined)
        return `<template data-region="${escapeAttribute(name, context.options?.mustache === "split")}" data-hash="${hashText(text)}">${text}</template>`;
      throw new GableError("E_VIEW_PARTIAL", `The page marks no fragment "${name}".`, {
        fix: `Mark it: fragment("${name}", html\`...\`).`,
      });
    }),
  );
  return pieces.join("");
}

/** Scripts in fragments that are sent on their own do not run: they get no nonce. */
class NoncelessContext extends DelegatingContext {
  override get nonce(): undefined {
    return undefined;
  }
}

/** Collects the requested fragments of a page. */
class CollectingContext extends NoncelessContext {
  readonly found = new Map<string, string | Promise<string>>();
  readonly #names: ReadonlySet<string>;
  readonly #plain: RenderContext;

  constructor(context: RenderContext, names: readonly string[]) {
    super(context);
    this.#names = new Set(names);
    this.#plain = new NoncelessContext(context);
  }

  get signal(): AbortSignal | undefined {
    return this.context.signal;
  }

  /** Writes a fragment on its own, the first time that it occurs. */
  collect(name: string, content: Html): void {
    if (!this.#names.has(name) || this.found.has(name)) return;
    const out = new Output(this.#plain);
    const body = walkIn(this.#plain, () => writeHtml(out, "", content));
    if (out.segments === undefined) return void this.found.set(name, body);
    out.segments.push(body);
    this.found.set(name, joinSegments(out.segments, this.#plain));
  }
}
