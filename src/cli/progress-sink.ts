/** Shows progress: a bar on a terminal, a line now and then elsewhere, JSON lines with --json. */
import type { ProgressSink, ProgressState } from "gable";
import type { Terminal } from "./terminal.ts";

const barColumns = 24;
const terminalEveryMs = 80;
const lineEveryMs = 5_000;
/** Lines for the whole of the work, if its size is known. */
const linesMax = 10;
const jsonEveryMs = 500;

/** Returns the sink for the way that the command was called. */
export function createSink(terminal: Terminal, how: "json" | "quiet" | "people"): ProgressSink {
  if (how === "quiet") return { isDue: () => false, show: () => undefined };
  if (how === "json") return everyMs(jsonEveryMs, (state) => terminal.writeError(`${JSON.stringify(toEvent(state))}\n`));
  if (!terminal.isTerminal) return everyMs(lineEveryMs, (state) => terminal.writeError(`${toText(state)}\n`), linesMax);
  return everyMs(terminalEveryMs, (state) =>
    terminal.writeError(`\r\u001b[2K${toBar(state, terminal.columns)}${state.isDone ? "\n" : ""}`),
  );
}

/** Shows the first state, then one after each interval, and `statesMax` ones for the whole of the work if its size is known. */
function everyMs(intervalMs: number, show: (state: ProgressState) => void, statesMax = 0): ProgressSink {
  let nextMs = 0;
  let shown = 0;
  return {
    isDue(nowMs, share = 0) {
      const reached = Math.floor(share * statesMax);
      if (nowMs < nextMs && reached <= shown) return false;
      nextMs = nowMs + intervalMs;
      shown = reached;
      return true;
    },
    show,
  };
}

function toEvent({ label, done, total, ratePerSecond, secondsLeft }: ProgressState): object {
  return { event: "progress", label, done, total: total ?? null, ratePerSecond, secondsLeft: secondsLeft ?? null };
}

function toText({ label, done, total, ratePerSecond, secondsLeft, isDone }: ProgressState): string {
  const share = total === undefined || total === 0 ? "" : ` of ${total} (${Math.floor((done / total) * 100)} %)`;
  const left = isDone || secondsLeft === undefined ? "" : `, ${toDuration(secondsLeft)} left`;
  return `${label}: ${done}${share}, ${ratePerSecond}/s${left}`;
}

function toBar(state: ProgressState, columns: number): string {
  const { done, total, note } = state;
  const filled = total === undefined || total === 0 ? 0 : Math.min(barColumns, Math.round((done / total) * barColumns));
  const bar = total === undefined ? "" : `[${"#".repeat(filled)}${".".repeat(barColumns - filled)}] `;
  return `${bar}${toText(state)}${note === undefined ? "" : `  ${note}`}`.slice(0, columns - 1);
}

function toDuration(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  return seconds < 3_600
    ? `${Math.floor(seconds / 60)} min ${seconds % 60} s`
    : `${Math.floor(seconds / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} min`;
}
