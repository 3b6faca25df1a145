/** Event streams and WebSockets as a part of an application. */
import { assertKnownOptions, optionInvalid } from "../errors/option-errors.ts";
import { definePart } from "../parts/part.ts";
import { sessionPart } from "../session/part.ts";
import { Live } from "./live.ts";
import type { LiveTimes } from "./times.ts";
import { defaultTimes } from "./times.ts";

/** Options of the live connections of an application. */
export interface LiveOptions {
  /** @internal How often connections are looked after. */
  readonly times?: Partial<LiveTimes>;
}

/** The option of `gable()` for live connections. */
export interface LiveSetting {
  /** Carrier of the channels. By default, messages stay in the process, or in the processes of one supervisor. */
  live?: LiveOptions;
}

const optionNames: Readonly<Record<keyof LiveOptions, true>> = { times: true };

/** Looks after event streams and WebSockets. Every application has it; nothing is loaded before the first connection. */
export const livePart = definePart({
  name: "live",
  option: { names: { live: true }, check: assertOptions, isEnabled: () => true },
  start: (host, { live = {} }: LiveSetting): Live =>
    new Live({ host, sessions: host.find(sessionPart), times: { ...defaultTimes, ...developmentTimes(host.mode), ...live.times } }),
});

/** A developer who stops the server does not want to wait. */
function developmentTimes(mode: string): Partial<LiveTimes> {
  return mode === "development" ? { spreadMs: 0 } : {};
}

function assertOptions({ live = {} }: LiveSetting): void {
  if (typeof live !== "object" || live === null) throw optionInvalid("gable()", "live", live, "an object, such as {}");
  assertKnownOptions("gable() live", live, Object.keys(optionNames));
}
