/** One subject in a separate process: on request, it renders a page for a while, or returns its text. */
import type { Renderers } from "./data.ts";
import { subjects } from "./subjects.ts";

/** What the parent asks for: the text of a page, or its time over a turn. */
export type Turn = { readonly test: keyof Renderers; readonly seconds: number };

/** The answer: microseconds for one page with its bytes; without a time to measure, its text. */
export type TurnResult = { readonly timeUs: number } | { readonly output: string };

/** Keeps the engine from leaving out what nobody reads. */
let sink = 0;
const renderers = await subjects[process.argv[2] ?? ""]!();
process.on("message", (turn: Turn) => {
  process.send!(turn.seconds === 0 ? { output: renderers[turn.test]() } : { timeUs: measure(renderers[turn.test], turn.seconds) });
});

function measure(render: () => string, seconds: number): number {
  const started = performance.now();
  const until = started + seconds * 1000;
  let pages = 0;
  let now = started;
  // The clock is read once for several pages: it would be a part of the time of tiny ones.
  for (let batch = 1; now < until; batch = Math.min(batch * 2, 256)) {
    for (let index = 0; index < batch; index++) sink += Buffer.from(render()).length;
    pages += batch;
    now = performance.now();
  }
  return ((now - started) * 1000) / pages;
}
