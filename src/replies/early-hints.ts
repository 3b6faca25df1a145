/** Links to files that a page will need, sent before the page (103 Early Hints, RFC 8297). */
import { assertKnownOptions, kindsOf, optionInvalid } from "../errors/option-errors.ts";

/** What `reply.earlyHints()` sends. */
export interface EarlyHintsOptions {
  /** Values of the field `Link`, such as `</app.css>; rel=preload; as=style`, each with one link. */
  link: string | readonly string[];
}

const hintNames = kindsOf<EarlyHintsOptions>({ link: true });

const target = /<[!-;=?-~]+>/.source;
const token = /[\w!#$%&'*+.^`|~-]+/.source;
const value = /(?:[\w!#$%&'*+.^`|~:/-]+|"[ !#-[\]-~]*")/.source;
const linkValue = new RegExp(`^${target}(?: *; *${token}(?: *= *${value})?)+$`);
const relation = /; *rel *=/i;

/** Returns the links. Throws `E_OPTION_INVALID` and `E_OPTION_UNKNOWN`. */
export function readEarlyHints(hints: EarlyHintsOptions): readonly string[] {
  assertKnownOptions("reply.earlyHints()", hints, hintNames);
  const { link } = hints;
  const links: readonly unknown[] = typeof link === "string" ? [link] : Array.isArray(link) ? link : [undefined];
  return links.map((each) => {
    if (typeof each === "string" && linkValue.test(each) && relation.test(each)) return each;
    throw optionInvalid("reply.earlyHints()", "link", each, 'a link such as "</app.css>; rel=preload; as=style", or a list of them');
  });
}
