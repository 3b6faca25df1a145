/** Runs macros of files that contain more than macros: a file that imports them runs the other file, and shares its state. */
import type { Output } from "../rendering/output.ts";
import { writtenHtml } from "../rendering/markup.ts";
import type { RenderContext } from "../rendering/render-context.ts";
import { writeText } from "../rendering/write.ts";
import type { Html } from "../values.ts";

/** Runs the assignments of a file, and returns its macros. */
type MacroModule<Macros> = (out: Output, props: never) => Macros;

/** Returns the macros of a file for a render: all files that import them share its assignments. */
export function shareMacros<Macros>(make: MacroModule<Macros>): (out: Output) => Macros {
  const made = new WeakMap<RenderContext, Macros>();
  return (out) => {
    const known = made.get(out.context);
    if (known !== undefined) return known;
    const macros = make(out, {} as never); // Without a page, it has no props.
    made.set(out.context, macros);
    return macros;
  };
}

/** Returns a macro of such a file as a function: the file runs when its markup is written. */
export function sharedMacro<Macros extends object, Name extends keyof Macros>(shared: (out: Output) => Macros, name: Name): Macros[Name] {
  const call = (...args: readonly unknown[]): Html =>
    writtenHtml((out, body) => {
      const macro = shared(out)[name] as (...all: readonly unknown[]) => Html; // Macros are functions that return markup.
      return writeText(out, body, macro(...args));
    });
  return call as Macros[Name]; // It takes the parameters of the macro.
}

/** Returns the macros of a file that see the names of the importing file. */
export function importWith<Module extends object>(module: Module, out: Output, props: Readonly<Record<string, unknown>>): Module {
  if (!("$module" in module)) return module;
  const make = module.$module as MacroModule<object>; // Only files with such macros have it.
  return { ...module, ...make(out, props as never) }; // If the page has them.
}
