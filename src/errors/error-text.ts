/** Returns the message of a thrown error, or the text of any other thrown value. */
export function toErrorText(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
