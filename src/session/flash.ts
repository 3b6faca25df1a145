/** Flash messages: texts that wait in a signed cookie for the next page that shows messages. */
import { GableError } from "../errors/gable-error.ts";
import { optionInvalid } from "../errors/option-errors.ts";
import type { Cookies } from "../handlers/context.ts";
import type { Flash, FlashLevel, FlashMessage } from "../handlers/session.ts";
import { html } from "../views/html.ts";
import type { Html } from "../views/values.ts";

/** What the messages need of their request. */
export interface FlashParts {
  readonly cookies: Cookies;
  /** Method of the request: nobody sees the body of a reply to HEAD. */
  readonly method: string;
  /** Called when the messages are first read or changed, with whether there are any. */
  readonly onTouch: (hasMessages: boolean) => void;
}

/** The messages of a request, and what stores them. */
export interface RequestFlash {
  readonly flash: Flash;
  /** Sets or deletes the cookie, unless the status is 500 or above. */
  readonly save: (status: number) => void;
}

const cookieName = "flash";
const levels: readonly string[] = ["info", "success", "warning", "error"] satisfies FlashLevel[];
const cookieBytesMax = 2_048;
/** The browser shows the page that it has (304), or none (412). */
const bodiless: ReadonlySet<number> = new Set([304, 412]);
/** What a signature adds to its payload: version, id of the key, no expiry, and the code. */
const signatureBytes = "v1.12345678.0..".length + 43;

/** Creates the messages of a request. */
export function createFlash({ cookies, method, onTouch }: FlashParts): RequestFlash {
  let waiting: readonly FlashMessage[] | undefined;
  let isTaken = false;
  const added: FlashMessage[] = [];
  /** Messages of this request that it has taken itself. */
  const shown: FlashMessage[] = [];

  const read = (): readonly FlashMessage[] => {
    if (waiting === undefined) {
      waiting = parseMessages(cookies.getSigned(cookieName, { host: true }));
      onTouch(waiting.length > 0);
    }
    return waiting;
  };
  const list = (): readonly FlashMessage[] => [...(isTaken ? [] : read()), ...added];
  const take = (): readonly FlashMessage[] => {
    const messages = list();
    isTaken = true;
    shown.push(...added.splice(0));
    return messages;
  };
  const add = (level: FlashLevel, text: string): void => {
    assertMessage(level, text);
    onTouch(true);
    const message = { level, text };
    const bytes = sizeOf([...added, message]);
    if (bytes > cookieBytesMax)
      throw new GableError("E_FLASH_TOO_LONG", `The flash messages have ${bytes} bytes; at most ${cookieBytesMax} are sent.`);
    added.push(message);
  };
  const save = (status: number): void => {
    // What was taken for a body that is not sent waits for the next page.
    if (method === "HEAD" || bodiless.has(status)) isTaken = false;
    // The GET after a HEAD adds its own messages again.
    if (bodiless.has(status) && method !== "HEAD") added.unshift(...shown);
    if (status >= 500 || (added.length === 0 && !isTaken)) return;
    const messages = dropOldest(list());
    if (messages.length > 0) cookies.setSigned(cookieName, toText(messages), { host: true });
    else if (read().length > 0) cookies.delete(cookieName, { host: true });
  };
  // A function with methods: each of them is named by the type.
  const flash: Flash = Object.assign(add, { take, render: () => renderMessages(take()), toJSON: list });
  return { flash, save };
}

function assertMessage(level: unknown, text: unknown): void {
  if (typeof level !== "string" || !levels.includes(level)) throw optionInvalid("flash()", "level", level, `one of ${levels.join(", ")}`);
  if (typeof text !== "string") throw optionInvalid("flash()", "text", text, "a string");
}

function toText(messages: readonly FlashMessage[]): string {
  return JSON.stringify(messages.map(({ level, text }) => [level, text]));
}

function sizeOf(messages: readonly FlashMessage[]): number {
  return signatureBytes + Math.ceil((new TextEncoder().encode(toText(messages)).length * 4) / 3);
}

/** Messages of earlier requests that nobody has looked at make room for new ones. */
function dropOldest(messages: readonly FlashMessage[]): readonly FlashMessage[] {
  let kept = messages;
  while (sizeOf(kept) > cookieBytesMax) kept = kept.slice(1);
  return kept;
}

/** The string comes from toText(): nobody else can sign one. */
function parseMessages(text: string | null): readonly FlashMessage[] {
  if (text === null) return [];
  const pairs = JSON.parse(text) as Array<[FlashLevel, string]>; // As the doc comment says.
  return pairs.map(([level, message]) => ({ level, text: message }));
}

/** Errors interrupt a screen reader, so they stand apart from what can wait. */
function renderMessages(messages: readonly FlashMessage[]): Html {
  const errors = messages.filter(({ level }) => level === "error");
  const others = messages.filter(({ level }) => level !== "error");
  return html`${renderList(errors, "alert")}${renderList(others, "status")}`;
}

function renderList(messages: readonly FlashMessage[], role: "alert" | "status"): Html | null {
  if (messages.length === 0) return null;
  const items = messages.map(({ level, text }) => html`<p class="message message-${level}">${text}</p>`);
  return html`<div class="messages" role="${role}">${items}</div>`;
}
