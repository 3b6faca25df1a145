/** Runs markup of other files and bodies for generated views: slots of components, and async items. */
import { GableError } from "../../errors/gable-error.ts";
import type { ComingItemOf } from "./loop.ts";
import { AsyncLoop } from "./loop.ts";
import type { HtmlWriter, Output } from "../rendering/output.ts";
import { truthy } from "./semantics.ts";
import { Html } from "../values.ts";
import type { View } from "./view.ts";
import { writtenHtml } from "../rendering/markup.ts";

/** The function that fills a slot which passes values; of any type if the component has none. */
export type SlotOf<Props, Name extends PropertyKey> = Name extends keyof Props
  ? unknown extends Props[Name]
    ? (values: any) => Html
    : Extract<NonNullable<Props[Name]>, (values: never) => unknown>
  : never;

/** Returns pieces as markup, written where it is shown. */
export function joined(writers: readonly HtmlWriter[]): Html {
  return writtenHtml((out, body) => {
    for (const write of writers) body = write(out, body);
    return body;
  });
}

/** Returns the props of a file if all required props are given. Throws `E_VIEW_PROP`. */
export function checked<Props>({ name, missing: find }: View<Props>, props: Props): Props {
  const missing = find === undefined ? undefined : find(props);
  if (missing === undefined) return props;
  throw new GableError("E_VIEW_PROP", `"${name}" needs the prop "${missing}".`, { fix: `Pass it: view("${name}", { ${missing}: ... }).` });
}

/** What an async loop can iterate over. */
type Coming = AsyncIterable<unknown> | Iterable<unknown> | null | undefined;

/** Returns the items that pass a condition. */
export function whereAsync<Given extends Coming>(
  items: Given,
  test: (item: ComingItemOf<Given>) => unknown,
): AsyncGenerator<ComingItemOf<Given>>;
export async function* whereAsync(items: Coming, test: (item: any) => unknown): AsyncGenerator<unknown> {
  for await (const item of items ?? []) if (truthy(test(item))) yield item;
}

const none: unique symbol = Symbol("no item");

/** Writes a body for each item when it arrives; the rest is written after all of them. */
export function forAsync<Given extends Coming>(
  out: Output,
  body: string,
  items: Given,
  run: (out: Output, body: string, item: ComingItemOf<Given>, loop: AsyncLoop<ComingItemOf<Given>>) => string,
  otherwise?: HtmlWriter,
): string {
  const loop = new AsyncLoop<ComingItemOf<Given>>();
  async function* come(): AsyncGenerator<unknown> {
    // TypeScript cannot infer a loop from what its type parameter extends.
    for await (const item of (items as Coming) ?? []) {
      loop.next(item as ComingItemOf<Given>); // As the type says.
      yield item;
      if (loop.isStopped) return;
    }
    if (loop.index === 0) yield none;
  }
  return out.stream(body, come(), (later, text, item) => {
    if (item === none) return otherwise === undefined ? text : otherwise(later, text);
    return run(later, text, item as ComingItemOf<Given>, loop); // As above.
  });
}
