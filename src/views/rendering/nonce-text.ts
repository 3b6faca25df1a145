/** Finds the nonce of a page in text that is kept for other pages. */

/** Splits text at a nonce. Returns undefined when it may have the nonce in another form, such as escaped. */
export function splitAtNonce(text: string, nonce: string): readonly string[] | undefined {
  const pieces = text.split(nonce);
  // Escaping changes the signs of base64; its letters and digits stay.
  const core = nonce.split(/[^A-Za-z0-9]/).reduce((longest, part) => (part.length > longest.length ? part : longest), "");
  return core === "" || text.split(core).length === pieces.length ? pieces : undefined;
}
