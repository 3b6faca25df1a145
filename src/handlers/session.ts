/** Defines the session and the flash messages of a request for handlers. */
import type { Html } from "../views/values.ts";
import type { AppTypes } from "./app-types.ts";

/** Values of the session by key: those of `AppTypes["session"]`, or any when it is not declared. */
export type SessionValues = AppTypes extends { session: infer Values } ? Values : Record<string, unknown>;

/** A key of the session. */
type SessionKey = keyof SessionValues & string;

/** Options for `session.rotate()`. */
export interface RotateOptions {
  /** The user that the session belongs to from now on; null for nobody. Unchanged by default. */
  readonly userId?: string | null;
}

/**
 * Values that are kept for a visitor from one request to the next.
 * Nothing is read before you access it. Changes are stored before the reply is sent, unless its status is 500 or above.
 */
export interface Session {
  /** Returns the value of a key; undefined without one. */
  find<Key extends SessionKey>(key: Key): Promise<SessionValues[Key] | undefined>;
  /**
   * Sets a JSON value. A key has at most 255 characters, and a session 1,000 keys. Throws `E_SESSION_VALUE`, `E_OPTION_INVALID`, and
   * `E_SESSION_SEALED` after the head of the reply was created.
   */
  set<Key extends SessionKey>(key: Key, value: SessionValues[Key]): void;
  /** Removes a value. Throws `E_SESSION_SEALED`. */
  delete(key: SessionKey): void;
  /**
   * Computes a value from the previous one, and returns it. If another request changes the same key in the meantime,
   * `change` runs again with the new value, so that no change is lost: `change` must not have other effects. Throws
   * `E_SESSION_VALUE` and `E_SESSION_SEALED`.
   */
  update<Key extends SessionKey>(
    key: Key,
    change: (value: SessionValues[Key] | undefined) => SessionValues[Key],
  ): Promise<SessionValues[Key]>;
  /** Returns the user that the session belongs to; null for nobody. */
  findUserId(): Promise<string | null>;
  /**
   * Gives the session a new ID; call it when the visitor's permissions change. The old ID becomes invalid. If the session belonged to another
   * user, its stored values are deleted.
   */
  rotate(options?: RotateOptions): void;
  /** Ends the session, whatever the status of the reply: its values are deleted, here and in all parallel requests. */
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
  /**
   * Removes all messages and returns them as `<div class="messages">` with a paragraph for each; errors are separate,
   * with the role of an alert.
   */
  render(): Html;
  /** Returns all messages without removing them. */
  toJSON(): readonly FlashMessage[];
}
