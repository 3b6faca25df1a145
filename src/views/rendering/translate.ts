/** Defines the function that translates messages, which the application provides. */

/** Properties of a message that decide which string is shown. */
export interface MessageOptions {
  /** The context of the string, if one string has two meanings. */
  readonly context?: string;
  /** The plural string. */
  readonly plural?: string;
  /** Name of the value that decides between singular and plural. */
  readonly count?: string;
}

/** Returns the string of a message with its values filled in. */
export type Translate = (message: string, values?: Readonly<Record<string, unknown>>, options?: MessageOptions) => string;
