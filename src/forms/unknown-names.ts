/** Finds the names that a form was sent with and does not declare: they are dropped. */
import type { FieldDefinition, FieldDefinitions } from "./definition.ts";

/** Names that a POST may have for the framework itself: another method, and the charset that browsers fill in. */
const ownNames = new Set(["_method", "_charset_"]);

/** Lists each name once that belongs to no field, and not to the parts that fields send. */
export function listUnknownNames(fields: FieldDefinitions, names: Iterable<string>): string[] {
  const unknown = new Set<string>();
  for (const name of names) if (!isDeclared(fields, name) && !ownNames.has(name)) unknown.add(name);
  return [...unknown];
}

function isDeclared(fields: FieldDefinitions, name: string): boolean {
  if (fields.has(name)) return true;
  const dot = name.indexOf(".");
  const field = dot === -1 ? undefined : fields.get(name.slice(0, dot));
  return field !== undefined && isPart(field, name.slice(dot + 1));
}

/** Whether a field sends a name with this part after its own. */
function isPart(field: FieldDefinition, part: string): boolean {
  const { type, options, fields } = field;
  if (type === "group") return isDeclared(fields, part);
  if (type === "set") return part === "count" || part === "add" || isPartOfRow(field, part);
  if (type === "file") return part === "clear" || (part === "stored" && options.keeps !== undefined);
  // A custom widget names its parts as it likes.
  return options.parse !== undefined;
}

function isPartOfRow({ source, options, fields }: FieldDefinition, part: string): boolean {
  const dot = part.indexOf(".");
  if (dot === -1 || !/^[0-9]{1,9}$/.test(part.slice(0, dot))) return false;
  const name = part.slice(dot + 1);
  if (name === "delete" || (name === "id" && source !== undefined) || (name === "position" && options.ordered === true)) return true;
  return isDeclared(fields, name);
}
