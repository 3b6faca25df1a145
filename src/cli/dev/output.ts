/** What `gable dev` prints: one line for each request, static files folded, problems when they come and go. */
import type { AnsweredRequest, ErrorReport, Notice } from "gable/development";
import { renderErrorReport } from "gable/development";
import type { Terminal } from "../terminal.ts";

/** How `gable dev` was called. */
export type OutputStyle = "people" | "json" | "quiet";

/** Pause after which folded lines are printed, in milliseconds. */
const foldMs = 400;
const pathColumns = 36;

/** Writes to the terminal. */
export class DevelopmentOutput {
  readonly #terminal: Terminal;
  readonly #style: OutputStyle;
  readonly #isColoured: boolean;
  #folded = { count: 0, bytes: 0 };
  #foldTimer: NodeJS.Timeout | undefined;
  #notices = new Map<string, string>();

  constructor(terminal: Terminal, style: OutputStyle) {
    this.#terminal = terminal;
    this.#style = style;
    this.#isColoured = style === "people" && terminal.isTerminal && !terminal.environment["NO_COLOR"];
  }

  /** Prints a sentence; with `--json`, an event. */
  tell(event: string, text: string, facts: object = {}): void {
    this.#unfold();
    if (this.#style === "people") this.#terminal.writeOut(`${text}\n`);
    if (this.#style === "json") this.#event({ event, ...facts });
  }

  /** Prints an event with `--json`: people need not know. */
  note(event: string, facts: object): void {
    if (this.#style === "json") this.#event({ event, ...facts });
  }

  /** Prints a problem, however `gable dev` was called. */
  warn(event: string, text: string, facts: object = {}): void {
    this.#unfold();
    if (this.#style === "json") this.#event({ event, message: text, ...facts });
    else this.#terminal.writeError(`${text}\n`);
  }

  /** Prints the line of a request, or counts it. */
  request(request: AnsweredRequest, isStatic: boolean): void {
    const { type: _type, ...facts } = request;
    if (this.#style === "json") return this.#event({ event: "request", ...facts, ms: Math.round(request.ms) });
    if (this.#style === "quiet") return;
    if (isStatic && request.status < 400) return this.#fold(request.bytes);
    this.#unfold();
    this.#terminal.writeOut(`${this.#toLine(request)}\n`);
  }

  #toLine({ method, path, status, ms, queries, bytes }: AnsweredRequest): string {
    const shown = path.length > 200 ? `${path.slice(0, 200)}...` : path;
    const colour = status >= 500 ? 31 : status >= 400 ? 33 : status >= 300 ? 36 : 32;
    const numbers = [`${Math.round(ms)} ms`, queries === 0 ? "" : `${queries} ${queries === 1 ? "query" : "queries"}`, toSize(bytes)];
    return `${method.padEnd(6)} ${clean(shown).padEnd(pathColumns)} ${this.#paint(colour, String(status))}  ${numbers.filter((each) => each !== "").join("  ")}`;
  }

  #fold(bytes: number): void {
    this.#folded = { count: this.#folded.count + 1, bytes: this.#folded.bytes + bytes };
    clearTimeout(this.#foldTimer);
    this.#foldTimer = setTimeout(() => this.#unfold(), foldMs);
  }

  /** Prints how many static files were sent. */
  #unfold(): void {
    clearTimeout(this.#foldTimer);
    const { count, bytes } = this.#folded;
    this.#folded = { count: 0, bytes: 0 };
    if (count > 0)
      this.#terminal.writeOut(`${this.#paint(90, `       + ${count} static ${count === 1 ? "file" : "files"}  ${toSize(bytes)}`)}\n`);
  }

  /** Prints why the application cannot start. */
  failure(report: ErrorReport): void {
    const text = renderErrorReport(report, "text", { colours: this.#isColoured });
    this.warn("failed", text, { report });
  }

  /** Prints notices that are new, and says which ones no longer hold. */
  notices(notices: readonly Notice[]): void {
    const shown = new Map<string, string>(notices.map((notice) => [notice.id, toNoticeText(notice)]));
    for (const notice of notices) {
      const text = shown.get(notice.id)!;
      if (this.#notices.get(notice.id) !== text) this.warn("notice", this.#paint(33, text), { notice });
    }
    for (const id of this.#notices.keys()) if (!shown.has(id)) this.tell("fixed", goneTexts[id] ?? "Fixed.", { id });
    this.#notices = shown;
  }

  /** Prints what is folded. */
  end(): void {
    this.#unfold();
  }

  #event(event: object): void {
    this.#terminal.writeError(`${JSON.stringify(event)}\n`);
  }

  #paint(colour: number, text: string): string {
    return this.#isColoured ? `\u001b[${colour}m${text}\u001b[0m` : text;
  }
}

const goneTexts: Readonly<Record<string, string>> = {
  types: "No type errors.",
  migrations: "Models, migrations and database match.",
  packages: "The packages are installed.",
};

function toNoticeText({ text, command, items = [] }: Notice): string {
  const lines = [text, ...items.map(({ place, text: item }) => `  ${place}  ${item.replaceAll("\n", "\n    ")}`)];
  if (command !== undefined) lines.push(`  Run: ${command}`);
  return lines.join("\n");
}

/** A path of a request must not move the cursor of a terminal. */
function clean(text: string): string {
  // oxlint-disable-next-line no-control-regex -- these characters are what is replaced
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, "?");
}

function toSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
