/** The names of what is made: checked words, and their forms in files, addresses and code. */
import { GableError } from "gable";

/** A name as it is written in different places. */
export interface Names {
  /** `BlogPost`. */
  readonly pascal: string;
  /** `blogPost`. */
  readonly camel: string;
  /** `blogPosts`. */
  readonly camelPlural: string;
  /** `blog-post`: part of a file name. */
  readonly kebab: string;
  /** `blog-posts`: folder and address of its pages. */
  readonly kebabPlural: string;
  /** `blog_posts`: table. */
  readonly table: string;
  /** `Blog post`: for people. */
  readonly title: string;
  /** `Blog posts`. */
  readonly titlePlural: string;
}

const reserved = new Set(
  (
    "await break case catch class const continue debugger default delete do else enum export extends false finally for function if implements " +
    "import in instanceof interface let new null package private protected public return static super switch this throw true try typeof " +
    "undefined var void while with yield arguments eval app models settings get post put patch redirect group form field test assert"
  ).split(" "),
);
/** Names that the code of a model needs, or that mean something else to every reader. */
const reservedModels = new Set(
  "Array Boolean Database Date Error Function Html Map Model Number Object Promise RegExp Set String Symbol Application Session".split(" "),
);
/** Nouns that end in s and are one thing. */
const singular = new Set(["news", "series", "species"]);

/** Throws `E_COMMAND_USAGE` with what to do instead. */
export function refuse(message: string, fix: string): never {
  throw new GableError("E_COMMAND_USAGE", message, { fix });
}

/** Returns the plural of an English noun, by the usual endings. */
function toPlural(noun: string): string {
  if (singular.has(noun.toLowerCase())) return noun;
  if (/[^aeiou]y$/i.test(noun)) return `${noun.slice(0, -1)}ies`;
  return /(?:s|x|z|ch|sh)$/i.test(noun) ? `${noun}es` : `${noun}s`;
}

function toSingular(noun: string): string {
  if (singular.has(noun.toLowerCase()) || !/[^su]s$/i.test(noun) || /is$/i.test(noun)) return noun;
  if (/[^aeiou]ies$/i.test(noun)) return `${noun.slice(0, -3)}y`;
  return /(?:s|x|z|ch|sh)es$/i.test(noun) ? noun.slice(0, -2) : noun.slice(0, -1);
}

const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Returns the forms of a name in camel, Pascal or kebab case. */
export function toNames(name: string): Names {
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replaceAll(/([A-Z])([A-Z][a-z])/g, "$1-$2")
    .toLowerCase()
    .split("-");
  const plural = [...words.slice(0, -1), toPlural(words.at(-1)!)];
  const toCamel = ([first, ...rest]: readonly string[]): string => `${first!}${rest.map(upperFirst).join("")}`;
  return {
    pascal: words.map(upperFirst).join(""),
    camel: toCamel(words),
    camelPlural: toCamel(plural),
    kebab: words.join("-"),
    kebabPlural: plural.join("-"),
    table: plural.join("_"),
    title: upperFirst(words.join(" ")),
    titlePlural: upperFirst(plural.join(" ")),
  };
}

/** Checks the name of a model: `Post`, one thing with a capital letter. */
export function readModelName(kind: string, name: string): Names {
  const words = name.replaceAll(/[^A-Za-z0-9]+(.?)/g, (_all, letter: string) => letter.toUpperCase()).replace(/^\d+/, "");
  const better = toSingular(upperFirst(words));
  const fix = better === "" ? `Name it after one thing, such as: gable make ${kind} Post` : `Write: gable make ${kind} ${better}`;
  if (!/^[A-Za-z][A-Za-z0-9]*$/.test(name)) refuse(`"${name}" is not the name of a model: it must be letters and digits.`, fix);
  if (name !== better) refuse(`"${name}" is not the name of a model: it names one thing, with a capital letter.`, fix);
  if (name.length > 40) refuse(`The name "${name}" is longer than 40 letters.`, "Choose a shorter one.");
  if (reservedModels.has(name))
    refuse(`The name "${name}" is reserved: it already means something else.`, `Choose another one, such as ${name}Entry.`);
  return toNames(name);
}

/** Checks the name of a file and of what is in it: `send-digest`. */
export function readFileName(kind: string, name: string): Names {
  const better = toNames(name.replaceAll(/[^A-Za-z0-9-]+/g, "-").replaceAll(/^[-\d]+|-+$/g, "") || "example").kebab;
  const fix = `Write: gable make ${kind} ${better}`;
  if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(name))
    refuse(`"${name}" is not a name for a ${kind}: it must be lower-case letters and digits, with hyphens between words.`, fix);
  if (name.length > 40) refuse(`The name "${name}" is longer than 40 letters.`, "Choose a shorter one.");
  const names = toNames(name);
  if (reserved.has(names.camel))
    refuse(`The name "${name}" is reserved: code cannot use it.`, `Choose another one, such as: gable make ${kind} ${name}-page`);
  return names;
}
