/** The types of a message from views: its name, and the props that both views declare. */
import type { Views, ViewProps } from "../views/registry.ts";
import type { MailOptions } from "./mailer.ts";

/** The name without its ending of a view that a mail can have. */
type ToMailName<Name> = Name extends `${string}#${string}` ? never : Name extends `${infer Base}.html` | `${infer Base}.txt` ? Base : never;

/** Name of the views of a message, without their ending; any string before the first generation. */
export type MailViewName = [keyof Views] extends [never] ? string : ToMailName<keyof Views>;

type PropsOf<Name extends string> = Name extends keyof Views ? ViewProps<Name> : unknown;

/** Props of a message: those of the view of its HTML, and those of the view of its text. */
export type MailProps<Name extends string> = [keyof Views] extends [never]
  ? Readonly<Record<string, unknown>>
  : PropsOf<`${Name}.html`> & PropsOf<`${Name}.txt`>;

/** Options of a message whose props fit its views; `Name` is never for a message without views. */
export type TypedMail<Name extends string> = Omit<MailOptions, "view" | "props"> &
  ([Name] extends [never]
    ? { readonly view?: never; readonly props?: never }
    : { readonly view?: Name } & ({} extends MailProps<Name> ? { readonly props?: MailProps<Name> } : { readonly props: MailProps<Name> }));
