/** Functions that every template file can call. */
import { GableError } from "../../errors/gable-error.ts";
import type { Html } from "../values.ts";
import { asHtml } from "../values.ts";

const rangeMax = 100_000;

/** Returns whole numbers, as in Python: range(stop), range(start, stop), range(start, stop, step). */
function range(first: number, second?: number, step = 1): number[] {
  const [start, stop] = second === undefined ? [0, first] : [first, second];
  const count = step === 0 ? Infinity : Math.max(0, Math.ceil((stop - start) / step));
  if (!(count <= rangeMax)) throw new GableError("E_VIEW_VALUE", `range() would give ${count} numbers; ${rangeMax} are allowed.`);
  return Array.from({ length: count }, (_, index) => start + index * step);
}

/** Returns values in rotation. */
class Cycler<Value> {
  readonly #values: readonly Value[];
  #position = 0;

  constructor(values: readonly Value[]) {
    this.#values = values;
  }

  get current(): Value | undefined {
    return this.#values[this.#position];
  }

  next(): Value | undefined {
    const value = this.current;
    this.#position = (this.#position + 1) % this.#values.length;
    return value;
  }

  reset(): void {
    this.#position = 0;
  }
}

const words =
  "lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore et dolore magna aliqua".split(" ");

interface LipsumOptions {
  readonly n?: number;
  readonly html?: boolean;
}

/** Returns placeholder text for a page while you design it. */
function lipsum(count: number | LipsumOptions = 5, options: LipsumOptions = {}): Html | string {
  const { n = 5, html = true } = typeof count === "number" ? { n: count, ...options } : count;
  const paragraphs = Array.from({ length: n }, (_, index) => {
    const text = Array.from({ length: 40 }, (_each, word) => words[(word * 7 + index * 3) % words.length]).join(" ");
    return `${text[0]!.toUpperCase()}${text.slice(1)}.`;
  });
  return !html ? paragraphs.join("\n\n") : asHtml(paragraphs.map((text) => `<p>${text}</p>`).join("\n"));
}

/** The functions by name. */
export const globals = {
  range,
  dict: <Value extends object>(value: Value = {} as Value): Value => ({ ...value }), // Without an argument, there is nothing of another type.
  cycler: <Value>(...values: Value[]): Cycler<Value> => new Cycler(values),
  joiner: (separator = ", "): (() => string) => {
    let isUsed = false;
    return () => {
      const text = isUsed ? separator : "";
      isUsed = true;
      return text;
    };
  },
  namespace: <Value extends object>(value: Value = {} as Value): Value => ({ ...value }), // As in dict.
  lipsum,
} as const;
