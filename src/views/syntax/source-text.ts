/** Holds the source of a template file and its lines, and creates errors that show the position. */
import type { ErrorCode } from "../../errors/catalogue.ts";
import { GableError } from "../../errors/gable-error.ts";

/** A position in a file, from 1. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

/** The source of one file. */
export class SourceText {
  /** Display name: `views/blog/show.html`. */
  readonly name: string;
  readonly text: string;
  #lineStarts: number[] | undefined;

  constructor(name: string, text: string) {
    this.name = name;
    this.text = text;
  }

  /** Returns line and column of an offset. */
  position(at: number): TextPosition {
    const starts = this.#findLines();
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= at) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: at - starts[low]! + 1 };
  }

  /** Returns the offset of a position. */
  offset({ line, column }: TextPosition): number {
    return (this.#findLines()[line - 1] ?? this.text.length) + column - 1;
  }

  #findLines(): readonly number[] {
    this.#lineStarts ??= [0, ...[...this.text.matchAll(/\n/g)].map(({ index }) => index + 1)];
    return this.#lineStarts;
  }

  /** Returns `file:line:column`. */
  place(at: number): string {
    const { line, column } = this.position(at);
    return `${this.name}:${line}:${column}`;
  }

  /** Returns five lines around an offset, with a mark below it. */
  frame(at: number): string {
    const { line, column } = this.position(at);
    const lines = this.text.split("\n");
    const shown: string[] = [];
    for (let number = Math.max(1, line - 2); number <= Math.min(lines.length, line + 2); number++) {
      const text = lines[number - 1]!.slice(0, 160);
      shown.push(`${number === line ? ">" : " "} ${String(number).padStart(4)} | ${text}`);
      if (number === line) shown.push(`       | ${" ".repeat(Math.min(column - 1, 160))}^`);
    }
    return shown.join("\n");
  }

  /** Creates an error at an offset: position, reason, fix, frame, and what else it depends on: a number is the offset of the text. */
  error(code: ErrorCode, at: number, reason: string, fix?: string, dependsOn?: "loop" | "macro" | number): GableError {
    const { line, column } = this.position(at);
    return new GableError(code, `${this.place(at)}: ${reason}.`, {
      ...(fix !== undefined && { fix }),
      details: { file: this.name, line, column, frame: this.frame(at), ...(dependsOn !== undefined && { dependsOn }) },
    });
  }
}
