/** A mistake in the definition of a model. */
import type { ErrorCode } from "../../errors/catalogue.ts";

/** One mistake in a definition. */
export interface DefinitionMistake {
  /** Code that says its kind. */
  readonly code: ErrorCode;
  /** Model and field: `Book.title`. */
  readonly where: string;
  /** The mistake. */
  readonly message: string;
  /** How to correct it. */
  readonly fix: string;
}
