/** Entity tags: read, and compared strongly or weakly (RFC 9110 section 8.8.3). */

/** An entity tag. */
export interface EntityTag {
  /** Whether only the meaning is promised, not the bytes. */
  readonly isWeak: boolean;
  /** Text between the quotes. */
  readonly value: string;
}

const tagPattern = /(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"/y;

/** Reads one tag such as `"a1"` or `W/"a1"`; undefined when it is malformed. */
export function parseEntityTag(text: string): EntityTag | undefined {
  tagPattern.lastIndex = 0;
  const match = tagPattern.exec(text);
  return match === null || tagPattern.lastIndex !== text.length ? undefined : { isWeak: match[1] !== undefined, value: match[2]! };
}

/** Reads a list of tags; "*" stays; undefined when it is malformed. */
export function parseEntityTags(text: string): readonly EntityTag[] | "*" | undefined {
  if (text === "*") return "*";
  const tags: EntityTag[] = [];
  let index = 0;
  while (index < text.length) {
    const code = text.charCodeAt(index);
    if (code === 0x20 || code === 0x09 || code === 0x2c) {
      index++;
      continue;
    }
    tagPattern.lastIndex = index;
    const match = tagPattern.exec(text);
    if (match === null) return undefined;
    tags.push({ isWeak: match[1] !== undefined, value: match[2]! });
    index = tagPattern.lastIndex;
  }
  return tags.length === 0 ? undefined : tags;
}

/** Strong comparison: equal, and neither is weak. */
export function isStrongMatch(first: EntityTag, second: EntityTag): boolean {
  return !first.isWeak && !second.isWeak && first.value === second.value;
}

/** Weak comparison: equal text. */
export function isWeakMatch(first: EntityTag, second: EntityTag): boolean {
  return first.value === second.value;
}
