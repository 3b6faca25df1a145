/** Lists the arguments of the built-in filters and tests, in order, for calls with names. */

/** What calls of a filter need to know. */
export interface Signature {
  readonly parameters: readonly string[];
  /** Parameters that take values of one kind, by their position. */
  readonly kinds: ReadonlyMap<number, readonly [parameter: string, kind: ArgumentKind]>;
  /** Kind of the value that is filtered; undefined if it takes all. */
  readonly inputKind?: ArgumentKind | undefined;
  /** Whether the first argument of the function is the render context. */
  readonly needsContext?: boolean;
  /** Whether more arguments of any name may follow. */
  readonly isOpen?: boolean;
}

/** What an argument of a filter must be. */
export type ArgumentKind =
  | "whole"
  | "precision"
  | "digits"
  | "base"
  | "number"
  | "numeric"
  | "boolean"
  | "text"
  | "texts"
  | "margin"
  | "path"
  | "currency"
  | "keyOrValue"
  | "length";

/** A name, `*` if it needs the context, `:kind` of its value, and its parameters with their kinds. */
const filterTable = `
abs:numeric
attr name:path
batch linecount:whole fill_with
capitalize
center width:whole
compact*:numeric digits:digits
count
currency*:numeric currency:currency
d default_value boolean:boolean
date* style:text
datetime* style:text
default default_value boolean:boolean
dictsort case_sensitive:boolean by:keyOrValue reverse:boolean
e
escape
filesizeformat binary:boolean
first
float default
forceescape
format +
groupby attribute:path default case_sensitive:boolean
indent width:margin first:boolean blank:boolean
int default base:base
items
join d attribute:path
last
length
linebreaks
linebreaksbr
list
lower
map* +
max case_sensitive:boolean attribute:path
min case_sensitive:boolean attribute:path
number*:numeric digits:digits
ordinal*:numeric
percent*:numeric digits:digits
pluralize suffix:text
pprint verbose:boolean
random*
reject* +
rejectattr* +
replace old new count:whole
reverse
round:numeric precision:precision method
safe
select* +
selectattr* +
slice slices:whole fill_with
slugify allow_unicode:boolean
sort reverse:boolean case_sensitive:boolean attribute:path
string
striptags
sum attribute:path start:number
time* style:text
timesince* style:length
title
tojson indent:margin
trim chars:text
truncate length:whole killwords:boolean end:text leeway:whole
truncatehtml length:whole end:text
truncatewords count:whole end:text
unique case_sensitive:boolean attribute:path
upper
urlencode
urlize trim_url_limit:whole nofollow:boolean target:text rel:text extra_schemes:texts
wordcount
wordwrap width:whole break_long_words:boolean wrapstring:text break_on_hyphens:boolean
xmlattr autospace:boolean
yesno yes:text no:text maybe:text`;

const testTable = `
boolean
callable
defined
divisibleby num
eq other
equalto other
escaped
even
false
filter
float
ge other
greaterthan other
gt other
in seq
integer
iterable
le other
lessthan other
lower
lt other
mapping
ne other
none
number
odd
sameas other
sequence
string
test
true
undefined
upper`;

function readTable(table: string): ReadonlyMap<string, Signature> {
  return new Map(table.trim().split("\n").map(readRow));
}

function readRow(row: string): [name: string, signature: Signature] {
  const [first = [""], ...rest] = row.split(" ").map((word) => word.split(":") as [name: string, kind?: ArgumentKind]); // The table has only kinds.
  const [written, inputKind] = first;
  const parameters = rest.filter(([name]) => name !== "+");
  const kinds = parameters.flatMap(([name, kind], index) => (kind === undefined ? [] : [[index, [name, kind]] as const]));
  const isOpen = parameters.length < rest.length;
  const needsContext = written.endsWith("*");
  return [
    written.replace("*", ""),
    { parameters: parameters.map(([name]) => name), kinds: new Map(kinds), inputKind, isOpen, needsContext },
  ];
}

/** The filters. */
export const filterSignatures = readTable(filterTable);

/** The named tests; operators such as `==` are aliases of some. */
export const testSignatures = readTable(testTable);

/** Tests that are written as operators, for example in select(). */
export const testOperators: Readonly<Record<string, string>> = { "==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge" };
