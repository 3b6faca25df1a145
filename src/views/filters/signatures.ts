/** Lists the arguments of the built-in filters and tests, in order, for calls with names. */

/** What calls of a filter need to know. */
export interface Signature {
  readonly parameters: readonly string[];
  /** Whether the first argument of the function is the render context. */
  readonly needsContext?: boolean;
  /** Whether more arguments of any name may follow. */
  readonly isOpen?: boolean;
}

const filterTable = `
abs
attr name
batch linecount fill_with
capitalize
center width
compact* digits
count
currency* currency
d default_value boolean
date* style
datetime* style
default default_value boolean
dictsort case_sensitive by reverse
e
escape
filesizeformat binary
first
float default
forceescape
format +
groupby attribute default case_sensitive
indent width first blank
int default base
items
join d attribute
last
length
linebreaks
linebreaksbr
list
lower
map* +
max case_sensitive attribute
min case_sensitive attribute
number* digits
ordinal*
percent* digits
pluralize suffix
pprint verbose
random*
reject* +
rejectattr* +
replace old new count
reverse
round precision method
safe
select* +
selectattr* +
slice slices fill_with
slugify allow_unicode
sort reverse case_sensitive attribute
string
striptags
sum attribute start
time* style
timesince* style
title
tojson indent
trim chars
truncate length killwords end leeway
truncatehtml length end
truncatewords count end
unique case_sensitive attribute
upper
urlencode
urlize trim_url_limit nofollow target rel extra_schemes
wordcount
wordwrap width break_long_words wrapstring break_on_hyphens
xmlattr autospace
yesno yes no maybe`;

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
  return new Map(
    table
      .trim()
      .split("\n")
      .map((row) => {
        const [name = "", ...parameters] = row.split(" ");
        const isOpen = parameters.includes("+");
        const signature = { parameters: parameters.filter((parameter) => parameter !== "+"), isOpen, needsContext: name.endsWith("*") };
        return [name.replace("*", ""), signature];
      }),
  );
}

/** The filters. */
export const filterSignatures = readTable(filterTable);

/** The named tests; operators such as `==` are aliases of some. */
export const testSignatures = readTable(testTable);

/** Tests that are written as operators, for example in select(). */
export const testOperators: Readonly<Record<string, string>> = { "==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge" };
