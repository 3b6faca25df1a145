/** Strings that identify the owner of an account, for the rule that a password must not be close to them. */
import type { AccountModel } from "../account-fields.ts";
import { reservedColumns } from "../options.ts";

/** Types of columns that hold names. Others hold settings, such as a theme, which say nothing of a person. */
const nameTypes: ReadonlySet<string> = new Set(["text", "slug", "email"]);

/**
 * Returns the address of an account, and the strings in the columns that the application adds, which registration may fill. The values are a
 * row, or what becomes one. Secret columns are left out: a refusal would show what they hold.
 */
export function toPersonalTexts({ $meta: { fields } }: AccountModel, values: object): readonly string[] {
  const isPersonal = (name: string): boolean => {
    const field = fields.get(name);
    return name === "email" || (field !== undefined && !reservedColumns.has(name) && nameTypes.has(field.type) && !field.isSecret);
  };
  return Object.entries(values).flatMap(([name, value]) => (typeof value === "string" && isPersonal(name) ? [value] : []));
}
