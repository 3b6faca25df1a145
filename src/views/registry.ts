/** Maps names of views to their types, as the generated `.gable/views.ts` declares them. */
import type { Html, PlainText, Xml } from "./values.ts";

/** Views by name; filled by the generated file of a project. */
export interface Views {}

/** Name of a view; any string before the first generation. */
export type ViewName = [keyof Views] extends [never] ? string : keyof Views & string;

/** Props of a view. */
export type ViewProps<Name extends string> = Name extends keyof Views
  ? Views[Name] extends { props: infer Props }
    ? Props
    : never
  : Readonly<Record<string, unknown>>;

/** The output of a view: as generated, otherwise by the extension of its name. */
export type ViewOutput<Name extends string> = Name extends keyof Views
  ? Views[Name] extends { output: infer Output }
    ? Output
    : never
  : OutputByExtension<Name>;

/** The output of a view that is not in the generated list yet. */
type OutputByExtension<Name extends string> = string extends Name
  ? Html | Xml | PlainText
  : Name extends `${string}.html` | `${string}.svg` | `${string}.${"html" | "svg"}#${string}`
    ? Html
    : Name extends `${string}.${"xml" | "atom" | "rss" | "opml"}` | `${string}.${"xml" | "atom" | "rss" | "opml"}#${string}`
      ? Xml
      : PlainText;

/** Props as arguments: optional if no key is required. */
export type ViewArguments<Name extends string> = {} extends ViewProps<Name> ? [props?: ViewProps<Name>] : [props: ViewProps<Name>];
