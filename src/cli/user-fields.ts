/** The fields that a model of users adds to those of accounts, for `gable user create`. */
import type { Application } from "gable";
import { GableError } from "gable";
import type { FieldMeta, ModelMeta } from "gable/data";
import { parseFieldText } from "./field-text.ts";
import { askText } from "./questions.ts";
import type { Terminal } from "./terminal.ts";

/** Fields that have a flag or a prompt, with what to do instead of `--set`. */
const others: ReadonlyMap<string, string> = new Map([
  ["email", "Pass --email."],
  ["password", "Type it when you are asked, or pipe it in: others can see the flags of a command."],
  ["isSuperuser", "Pass --superuser."],
  ["isStaff", "Pass --staff."],
]);

/** With the column that accounts sign in with. Where that is the address, `username` is a field of the application. */
function flaggedBy(app: Application): ReadonlyMap<string, string> {
  const { login } = app.describe().options.accounts!; // The caller has asked for the accounts.
  return login === "username" ? new Map([...others, ["username", "Pass --username."]]) : others;
}

function metaOf(app: Application): ModelMeta {
  const user = app.describe().options.accounts!.options.user; // The caller has asked for the accounts.
  return (user as unknown as { readonly $meta: ModelMeta }).$meta; // defineAccounts() takes models only.
}

/** Reads `--set name=value`. Throws `E_COMMAND_USAGE` for a string of another form, an unknown field and a value of another type. */
export function readSetValues(app: Application, texts: readonly string[]): Readonly<Record<string, unknown>> {
  const [meta, flagged] = [metaOf(app), flaggedBy(app)];
  const entries = texts.map((text) => {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (name === undefined) throw new GableError("E_COMMAND_USAGE", `--set "${text}" has no value.`, { fix: "Write --set name=value." });
    return [name, parseFieldText(findField(meta, flagged, name), value!)] as const;
  });
  const twice = entries.find(([name], index) => entries.findIndex(([other]) => other === name) !== index);
  if (twice !== undefined) throw new GableError("E_COMMAND_USAGE", `--set gives "${twice[0]}" twice.`, { fix: "Give each field once." });
  return Object.fromEntries(entries);
}

function findField(meta: ModelMeta, flagged: ReadonlyMap<string, string>, name: string): FieldMeta {
  const field = meta.fields.get(name);
  const fix = flagged.get(name);
  if (field === undefined || fix !== undefined || field.isPrimary || field.isSecret)
    throw new GableError("E_COMMAND_USAGE", field === undefined ? `${meta.name} has no field "${name}".` : `--set cannot give "${name}".`, {
      fix:
        fix ??
        (field?.isSecret
          ? "It is asked for: others can see the flags of a command."
          : `Use one of: ${settable(meta, flagged).join(", ")}.`),
    });
  return field;
}

function settable({ fields }: ModelMeta, flagged: ReadonlyMap<string, string>): string[] {
  return [...fields.values()]
    .filter(({ name, isPrimary, isSecret }) => !isPrimary && !isSecret && !flagged.has(name))
    .map(({ name }) => name);
}

/** Asks for the required fields that have no value yet. Without a terminal it throws `E_COMMAND_USAGE`, which names them all. */
export async function askFields(
  app: Application,
  given: Readonly<Record<string, unknown>>,
  terminal: Terminal | undefined,
): Promise<Readonly<Record<string, unknown>>> {
  const flagged = flaggedBy(app);
  const needed = metaOf(app).columns.filter(
    ({ name, hasDefault, hasDatabaseDefault, isNullable, isPrimary }) =>
      !hasDefault && !hasDatabaseDefault && !isNullable && !isPrimary && !flagged.has(name) && !Object.hasOwn(given, name),
  );
  if (terminal === undefined && needed.length > 0)
    throw new GableError("E_COMMAND_USAGE", `The account needs ${needed.map(({ name }) => name).join(", ")}.`, {
      fix: `Pass ${needed.map(({ name }) => `--set ${name}=VALUE`).join(" ")}.`,
    });
  const values: Record<string, unknown> = {};
  for (const field of needed) values[field.name] = parseFieldText(field, await askText(terminal!, field.label, field.isSecret));
  return values;
}
