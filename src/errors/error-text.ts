/** Turns anything that was thrown into text. No value may stop what handles it. */

/** Stands for an error without a message and without a name. */
const nameless = "Error";

/**
 * Returns the message of a thrown error, or the text of any other thrown value. Never throws, and never returns an empty string: an
 * error without a message gives its code or the name of its class.
 */
export function toErrorText(thrown: unknown): string {
  try {
    const text = thrown instanceof Error ? String(thrown.message) || nameOf(thrown) : String(thrown);
    return text.toWellFormed() || nameless;
  } catch {
    return "A value that has no text was thrown.";
  }
}

/** A class that sets no name has that of `Error`. An error of several connections has no message, but a code. */
function nameOf(error: Error): string {
  const { code } = error as { readonly code?: unknown }; // Errors of Node and of drivers have one.
  if (typeof code === "string" && code !== "") return code;
  return String(error.name === nameless ? error.constructor.name : error.name);
}
