/** The session and the flash messages of a request, as handlers see them. */
import type { Html } from "../views/values.ts";
import type { AppTypes } from "./app-types.ts";

/** Values of the session by key: those of `AppTypes["session"]`, or any when it is not declared. */
export type SessionValues = AppTypes extends { session: infer Values } ? Values : Record<string, unknown>;

/** A key of the session. */
type SessionKey = keyof SessionValues & string;

/** Options of `session.rotate()`. */
export interface RotateOptions {
  /** The user that the session belongs to from now on, null for nobody. By default it stays as it is. */
  readonly userId?: string | null;
}

/**
 * Values that are kept for a visitor from one request to the next.
 *
 * Nothing is read before you ask for it. Changes are stored before the reply is sent, unless its status is 500 or above.
 */
export interface Session {
  /** Returns the value of a key; undefined when there is none. */
  find<Key extends SessionKey>(key: Key): Promise<SessionValues[Key] | undefined>;
  /** Sets a value of JSON. Throws `E_SESSION_VALUE`, and `E_SESSION_SEALED` after the head of the reply was made. */
  set<Key extends SessionKey>(key: Key, value: SessionValues[Key]): void;
  /** Removes a value. Throws `E_SESSION_SEALED`. */
  delete(key: SessionKey): void;
  /**
   * Computes a value from the one before, and returns it. When another request changes the same key meanwhile, `change` runs
   * again with its value, so that no change is lost: `change` may do nothing else. Throws `E_SESSION_VALUE` and `E_SESSION_SEALED`.
   */
  update<Key extends SessionKey>(
    key: Key,
    change: (value: SessionValues[Key] | undefined) => SessionValues[Key],
  ): Promise<SessionValues[Key]>;
  /** Returns the user that the session belongs to; null for nobody. */
  findUserId(): Promise<string | null>;
  /** Gives the session a new id, at a change of what its visitor may do. The old id is worth nothing then. */
  rotate(options?: RotateOptions): void;
  /** Ends the session, at any status of the reply: its values are gone, here and in all parallel requests. */
  end(): void;
}

/** Kinds of flash messages. */
export type FlashLevel = "info" | "success" | "warning" | "error";

/** A message for the next page that shows messages. */
export interface FlashMessage {
  /** Kind of the message. */
  readonly level: FlashLevel;
  /** Text of the message. */
  readonly text: string;
}

/** Adds a message for the next page: `flash("success", "Saved.")`. Throws `E_FLASH_TOO_LONG`. */
export interface Flash {
  /** Adds a message. */
  (level: FlashLevel, text: string): void;
  /** Returns all messages, and removes them. */
  take(): readonly FlashMessage[];
  /** Takes all messages, as `<div class="messages">` with a paragraph for each; errors apart, with the role of an alert. */
  render(): Html;
  /** Returns all messages, and keeps them. */
  toJSON(): readonly FlashMessage[];
}
