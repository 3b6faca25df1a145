/** The message of whatever was thrown: of an error its own, of anything else its text. */
export function toErrorText(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
