/** Slugs: the readable parts of addresses. */
import { assertKnownOptions } from "../../errors/option-errors.ts";

/** Options of {@link slugify}. */
export interface SlugifyOptions {
  /** Longest result in characters. Default 50. */
  readonly max?: number;
}

/** Letters that do not decompose into a letter and a mark: Latin, Cyrillic, Greek. */
const table =
  "ß=ss æ=ae œ=oe ø=o đ=d ð=d þ=th ł=l ı=i ħ=h ŋ=ng ŧ=t ĸ=k ſ=s ə=e а=a б=b в=v г=g ґ=g д=d ђ=dj ѓ=gj е=e є=ye ж=zh з=z " +
  "ѕ=dz и=i і=i ј=j к=k л=l љ=lj м=m н=n њ=nj о=o п=p р=r с=s т=t ћ=c у=u ф=f х=kh ц=ts ч=ch џ=dz ш=sh щ=shch ъ= ы=y ь= " +
  "э=e ю=yu я=ya α=a β=v γ=g δ=d ε=e ζ=z η=i θ=th ι=i κ=k λ=l μ=m ν=n ξ=x ο=o π=p ρ=r σ=s ς=s τ=t υ=y φ=f χ=ch ψ=ps ω=o";
const letters = new Map(table.split(" ").map((pair) => [pair[0]!, pair.slice(2)]));

/** Letters with a mark that changes what they stand for: й is not и with an accent. */
const composed: Readonly<Record<string, string>> = { й: "y", ё: "yo", ї: "yi", ў: "w", ќ: "kj" };

/**
 * Returns a string as a part of an address: lower-case ASCII letters and digits, with hyphens between them.
 *
 * Latin, Cyrillic and Greek letters are transliterated. Others are dropped, so the result can be empty. Throws `E_OPTION_INVALID` for a `max` below 1.
 *
 * @example
 * slugify("Crème Brûlée & Straße"); // => "creme-brulee-strasse"
 */
export function slugify(text: string, options: SlugifyOptions = {}): string {
  assertKnownOptions("slugify()", options, { max: "count" });
  const { max = 50 } = options;
  const plain = text
    .toLowerCase()
    .normalize("NFC")
    .replace(/[йёїўќ]/g, (letter) => composed[letter]!)
    .normalize("NFKD")
    .replace(/\p{Mark}|['\u2019]/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]/gu, (letter) => letters.get(letter) ?? "-")
    .replace(/-+/g, "-");
  return plain.replace(/^-/, "").slice(0, max).replace(/-$/, "");
}

const idLetters = "23456789abcdefghjkmnpqrstuvwxyz";

/** Returns random letters and digits that are hard to confuse, for a slug that no text gives. */
export function createShortId(length: number): string {
  let id = "";
  while (id.length < length) {
    const [byte] = crypto.getRandomValues(new Uint8Array(1));
    // 248 is the largest multiple of 31 below 256: every letter is equally likely.
    if (byte! < 248) id += idLetters[byte! % idLetters.length]!;
  }
  return id;
}

/** Returns the slug of a string, or a short id if the string has no letters that a slug can hold. */
export function makeSlug(text: string, max: number): string {
  return slugify(text, { max }) || createShortId(Math.min(8, max));
}

/** Slugs that Gable made for rows, by row and field: unlike those that people typed, they may get a number. */
const made = new WeakMap<object, Map<string, string>>();

/** Notes that Gable made the slug of a field. */
export function noteMadeSlug(row: object, name: string, slug: string): void {
  const slugs = made.get(row) ?? new Map<string, string>();
  made.set(row, slugs.set(name, slug));
}

/** Returns whether Gable made the slug of a field, and nobody has changed it since. */
export function isMadeSlug(row: Readonly<Record<string, unknown>>, name: string): boolean {
  const slug = made.get(row)?.get(name);
  return slug !== undefined && slug === row[name];
}
