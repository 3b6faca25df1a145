/** The function that translates messages, which the application brings. */

/** Facts of a message that decide which text is shown. */
export interface MessageOptions {
  /** What the text is about, where one text means two things. */
  readonly context?: string;
  /** The text for several. */
  readonly plural?: string;
  /** Name of the value that decides between the two. */
  readonly count?: string;
}

/** Gives the text for a message, with its values filled in. */
export type Translate = (message: string, values?: Readonly<Record<string, unknown>>, options?: MessageOptions) => string;
