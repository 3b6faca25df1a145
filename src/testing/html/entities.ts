/** Character references of HTML: numbers, and the names of HTML 4 with those that templates use most. */

/** Names of U+00A0 to U+00FF, in order. Browsers accept them without a semicolon. */
const latin =
  "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm " +
  "raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH " +
  "Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig " +
  "ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml " +
  "yacute thorn yuml";

/** Other names, each followed by its character. They need their semicolon. */
const others =
  "apos ' OElig Œ oelig œ Scaron Š scaron š Yuml Ÿ fnof ƒ circ ˆ tilde ˜ ensp \u2002 emsp \u2003 thinsp \u2009 zwnj \u200c zwj \u200d lrm \u200e " +
  "rlm \u200f ndash – mdash — lsquo ‘ rsquo ’ sbquo ‚ ldquo “ rdquo ” bdquo „ dagger † Dagger ‡ bull • hellip … permil ‰ prime ′ Prime ″ lsaquo ‹ " +
  "rsaquo › oline ‾ frasl ⁄ euro € image ℑ weierp ℘ real ℜ trade ™ alefsym ℵ larr ← uarr ↑ rarr → darr ↓ harr ↔ crarr ↵ lArr ⇐ uArr ⇑ rArr ⇒ " +
  "dArr ⇓ hArr ⇔ forall ∀ part ∂ exist ∃ empty ∅ nabla ∇ isin ∈ notin ∉ ni ∋ prod ∏ sum ∑ minus − lowast ∗ radic √ prop ∝ infin ∞ ang ∠ and ∧ or ∨ " +
  "cap ∩ cup ∪ int ∫ there4 ∴ sim ∼ cong ≅ asymp ≈ ne ≠ equiv ≡ le ≤ ge ≥ sub ⊂ sup ⊃ nsub ⊄ sube ⊆ supe ⊇ oplus ⊕ otimes ⊗ perp ⊥ sdot ⋅ " +
  "loz ◊ spades ♠ clubs ♣ hearts ♥ diams ♦ Alpha Α Beta Β Gamma Γ Delta Δ Epsilon Ε Zeta Ζ Eta Η Theta Θ Iota Ι Kappa Κ Lambda Λ Mu Μ Nu Ν Xi Ξ " +
  "Omicron Ο Pi Π Rho Ρ Sigma Σ Tau Τ Upsilon Υ Phi Φ Chi Χ Psi Ψ Omega Ω alpha α beta β gamma γ delta δ epsilon ε zeta ζ eta η theta θ iota ι " +
  "kappa κ lambda λ mu μ nu ν xi ξ omicron ο pi π rho ρ sigmaf ς sigma σ tau τ upsilon υ phi φ chi χ psi ψ omega ω thetasym ϑ upsih ϒ piv ϖ " +
  "check ✓ checkmark ✓ cross ✗ star ☆ starf ★ phone ☎ lbrace { rbrace } lbrack [ rbrack ] lpar ( rpar ) colon : semi ; comma , period . excl ! " +
  "quest ? num # dollar $ percnt % ast * plus + equals = sol / bsol \\ lowbar _ grave ` vert | verbar | commat @ Tab \t NewLine \n nbsp \u00a0";

/** By name; those of the first kind need no semicolon. */
const loose = new Map<string, string>([
  ...latin.split(" ").map((name, index): [string, string] => [name, String.fromCharCode(0xa0 + index)]),
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["AMP", "&"],
  ["LT", "<"],
  ["GT", ">"],
  ["QUOT", '"'],
  ["COPY", "©"],
  ["REG", "®"],
]);
const strict = new Map(loose);
// A value may be white space: the pairs are matched, not split.
for (const [, name, value] of others.matchAll(/([A-Za-z0-9]+) ([^]) ?/g)) strict.set(name!, value!);

/** Windows-1252, which numbers from 128 to 159 mean. */
const windows = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ";

/** Decodes the character references of a string. In attributes, a name without a semicolon before `=`, a letter or a digit is text. */
export function decodeEntities(text: string, isAttribute: boolean): string {
  if (!text.includes("&")) return text;
  return text.replaceAll(/&(?:#x([0-9a-f]+);?|#([0-9]+);?|([A-Za-z][A-Za-z0-9]*)(;?))/gi, (...found) => {
    const [whole, hex, decimal, name, end, at] = found as [string, string?, string?, string?, string?, number?]; // The groups, then the offset.
    if (hex !== undefined) return fromNumber(Number.parseInt(hex, 16));
    if (decimal !== undefined) return fromNumber(Number.parseInt(decimal, 10));
    return fromName(name!, end === ";", isAttribute, text[at! + whole.length]) ?? whole;
  });
}

function fromName(name: string, isEnded: boolean, isAttribute: boolean, next: string | undefined): string | undefined {
  if (isEnded && strict.has(name)) return strict.get(name);
  // The longest beginning that is a name: "&notit;" is "¬it;".
  for (let length = Math.min(name.length, 6); length >= 2; length--) {
    const value = loose.get(name.slice(0, length));
    if (value === undefined) continue;
    const follows = length < name.length ? name[length]! : isEnded ? ";" : next;
    if (isAttribute && follows !== undefined && /[=A-Za-z0-9]/.test(follows)) return undefined;
    return value + name.slice(length) + (isEnded ? ";" : "");
  }
  return undefined;
}

function fromNumber(number: number): string {
  if (number === 0 || number > 0x10ffff || (number >= 0xd800 && number <= 0xdfff)) return "\ufffd";
  if (number >= 0x80 && number <= 0x9f) return windows[number - 0x80]!;
  return String.fromCodePoint(number);
}
