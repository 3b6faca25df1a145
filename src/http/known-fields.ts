/** How lines of one field name combine (rows F4 to F6 of the acceptance table, RFC 9110 section 5.2). */

/** `single`: a second line is refused. `first`: the first is kept. The others are joined. */
type FieldRule = "single" | "first" | "cookie" | "list";

const rules: Readonly<Record<Exclude<FieldRule, "list">, readonly string[]>> = {
  single: [
    "host",
    "content-length",
    "transfer-encoding",
    "content-type",
    "authorization",
    "proxy-authorization",
    "expect",
    "range",
    "if-range",
    "if-modified-since",
    "if-unmodified-since",
    "origin",
    "sec-fetch-site",
    "sec-fetch-mode",
    "sec-fetch-dest",
    "sec-fetch-user",
    "sec-websocket-key",
    "sec-websocket-version",
  ],
  first: ["user-agent", "referer", "from", "max-forwards"],
  cookie: ["cookie"],
};

const listNames = [
  "accept",
  "accept-encoding",
  "accept-language",
  "accept-charset",
  "cache-control",
  "connection",
  "content-encoding",
  "content-language",
  "content-location",
  "date",
  "dnt",
  "etag",
  "forwarded",
  "if-match",
  "if-none-match",
  "keep-alive",
  "last-modified",
  "link",
  "pragma",
  "priority",
  "purpose",
  "sec-ch-ua",
  "sec-ch-ua-mobile",
  "sec-ch-ua-platform",
  "sec-gpc",
  "sec-purpose",
  "te",
  "trailer",
  "upgrade",
  "upgrade-insecure-requests",
  "via",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-prefix",
  "x-forwarded-proto",
  "x-real-ip",
  "x-request-id",
  "x-requested-with",
  "sec-websocket-protocol",
  "sec-websocket-extensions",
  "hx-request",
  "last-event-id",
];

/** A field name that the parsers recognise by its bytes. */
export interface KnownField {
  /** Name in lower case, one string for the whole process. */
  readonly name: string;
  /** How its lines combine. */
  readonly rule: FieldRule;
  /** One bit for a `single` field, 0 for the others: a set of seen fields is one number. */
  readonly bit: number;
}

function createKnownFields(): readonly KnownField[] {
  const fields: KnownField[] = [];
  rules.single.forEach((name, index) => fields.push({ name, rule: "single", bit: 1 << index }));
  for (const name of rules.first) fields.push({ name, rule: "first", bit: 0 });
  for (const name of rules.cookie) fields.push({ name, rule: "cookie", bit: 0 });
  for (const name of listNames) fields.push({ name, rule: "list", bit: 0 });
  return Object.freeze(fields);
}

/** All recognised fields. */
export const knownFields: readonly KnownField[] = createKnownFields();

/** Recognised fields by lower-case name. */
const knownFieldsByName: ReadonlyMap<string, KnownField> = new Map(knownFields.map((field) => [field.name, field]));

/** How lines of a name combine; unknown `sec-fetch-*` fields are single as their known siblings. */
function fieldRuleOf(name: string): FieldRule {
  return knownFieldsByName.get(name)?.rule ?? (name.startsWith("sec-fetch-") ? "single" : "list");
}

/** Joins the lines of one field as its rule says. */
export function joinFieldLines(name: string, lines: readonly string[]): string {
  const rule = fieldRuleOf(name);
  return rule === "first" ? lines[0]! : lines.join(rule === "cookie" ? "; " : ", ");
}

/** Twins of framing fields: other software reads `_` as `-` (CVE-2026-3902 and kin). */
export const framingTwins: ReadonlySet<string> = new Set(["content_length", "transfer_encoding", "content_type", "transfer_coding"]);

/** Methods of RFC 9110 and RFC 5789. */
export const standardMethods: ReadonlySet<string> = new Set([
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "OPTIONS",
  "TRACE",
  "CONNECT",
]);
