/** The messages of forms by code. A field, a form or `createForms()` can replace each of them. */
import type { FieldDefinition, FormContext, MessageParams } from "./definition.ts";

/** Messages by code; `code.type` is the message of one type of field. `{name}` is a value of the rule. */
const defaultMessages: Readonly<Record<string, string>> = Object.freeze({
  required: "This field is required.",
  repeated: "Send only one value for this field.",
  invalid: "Enter a valid value.",
  "invalid.set": "Send a list of objects, one for each entry.",
  too_short: "Use at least {min} characters. You typed {count}.",
  too_long: "Use at most {max} characters. You typed {count}.",
  characters: "Remove the characters that cannot be displayed.",
  pattern: "Use the format that this field asks for.",
  "pattern.slug": "Use only letters, digits, hyphens and underscores.",
  "pattern.uuid": "Enter a UUID such as 0190163d-8694-739b-aea5-966c26f8ad91.",
  "pattern.color": "Enter a color such as #1a2b3c.",
  "pattern.tel": "Enter a phone number such as +49 30 1234567.",
  email: "Enter an email address such as name@example.com.",
  url: "Enter a web address such as https://example.com.",
  url_scheme: "Start the address with https:// or http://.",
  number: "Enter a number.",
  integer: "Enter a whole number.",
  too_small: "Enter {min} or more.",
  too_large: "Enter {max} or less.",
  step: "Enter {base} or a number that differs from it by a multiple of {step}.",
  digits: "Use at most {max} digits before the decimal point.",
  scale: "Use at most {max} digits after the decimal point.",
  must_be_true: "Tick this box to continue.",
  choice: "Choose one of the options.",
  too_few: "Choose at least {min}. You chose {count}.",
  too_many: "Choose at most {max}. You chose {count}.",
  date: "Enter a date such as 2026-11-20.",
  time: "Enter a time such as 10:12.",
  too_early: "Enter {min} or later.",
  too_late: "Enter {max} or earlier.",
  datetime: "Enter a date and a time such as 2026-11-20 10:12.",
  datetime_gap: "The clocks skip this time. Enter an earlier or a later one.",
  json: "Enter valid JSON.",
  relation: "Choose one of the entries.",
  file_type: "Choose a file of one of these types: {types}.",
  file_large: "Choose a file of at most {max}. Yours has {size}.",
  file_empty: "The file is empty. Choose another one.",
  file_gone: "The file that you chose before was deleted. Choose it again.",
  file_both: "Choose a new file or remove the current one, not both.",
  set_few: "Add at least {min}. There are {count}.",
  set_many: "Use at most {max}. There are {count}.",
  set_count: "The number of entries is not right. Reload the page and try again.",
  set_row: "This entry does not belong here. Reload the page and try again.",
  unique: "This value is already taken.",
  foreign_key: "This entry no longer exists.",
  check: "This value is not allowed.",
  stale: "Someone else changed this in the meantime. Reload the page to see the current values.",
});

/** Texts of the markup by key. They are replaced like messages. */
const defaultTexts: Readonly<Record<string, string>> = Object.freeze({
  optional: "(optional)",
  problem: "There is 1 problem",
  problems: "There are {count} problems",
  choose: "Choose...",
  none: "None",
  more: "Only the first {max} entries are shown.",
  unknown: "Unknown",
  yes: "Yes",
  no: "No",
  add: "Add {label}",
  remove: "Remove",
  clear: "Remove {name}",
  stored: "Current file: {name}",
  position: "Position",
  file_max: "At most {max}.",
  files_max: "At most {max} each.",
});

/** Messages that replace built-in ones, the strongest first. */
export type MessageLayers = ReadonlyArray<Readonly<Record<string, string>> | undefined>;

/** Returns the message of a code: the field's own, then the layers, then the language of the request, then English. */
export function formatMessage(
  code: string,
  params: MessageParams,
  field: Pick<FieldDefinition, "type" | "options"> | undefined,
  { layers, context }: { readonly layers: MessageLayers; readonly context: FormContext },
): string {
  const special = field === undefined ? code : `${code}.${field.type}`;
  for (const layer of [field?.options.messages, ...layers]) {
    const own = find(layer, special) ?? find(layer, code);
    if (own !== undefined) return fill(own, params);
  }
  for (const key of special === code ? [code] : [special, code]) {
    const translated = context.translate?.(`gable.form.${key}`, params);
    if (translated !== undefined) return translated;
    const known = find(defaultMessages, key) ?? find(defaultTexts, key);
    if (known !== undefined) return fill(known, params);
  }
  return fill(defaultMessages["invalid"]!, params);
}

function find(layer: Readonly<Record<string, string>> | undefined, key: string): string | undefined {
  return layer !== undefined && Object.hasOwn(layer, key) ? layer[key] : undefined;
}

function fill(template: string, params: MessageParams): string {
  return template.includes("{") ? template.replace(/\{(\w+)\}/g, (hole, name: string) => String(params[name] ?? hole)) : template;
}

/** Returns a size for people: `5 MB`, `1.5 MB`, `200 kB`. */
export function toSizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  const [unit, name] = bytes < 1_000_000 ? [1000, "kB"] : [1_000_000, "MB"];
  return `${Math.round((bytes / unit) * 10) / 10} ${name}`;
}
