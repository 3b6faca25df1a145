/** Event streams and WebSockets as a part of an application. */
import { assertKnownOptions, optionInvalid } from "../errors/option-errors.ts";
import type { LiveCarrier } from "../channels/carrier.ts";
import { isWorkerOf } from "../channels/worker-of.ts";
import type { PartHost } from "../parts/part.ts";
import { definePart } from "../parts/part.ts";
import { sessionPart } from "../session/part.ts";
import type { AppChannels } from "./app-channels.ts";
import { Live } from "./live.ts";
import type { LiveTimes } from "./times.ts";
import { defaultTimes } from "./times.ts";

/** Options of the live connections of an application. */
export interface LiveOptions {
  /**
   * What carries the messages of channels: `redisCarrier()`, `postgresCarrier()`, or a custom carrier. Default: messages reach all workers
   * of one supervisor, or stay in the process where there is none.
   */
  readonly carrier?: LiveCarrier;
  /** @internal How often connections are looked after. */
  readonly times?: Partial<LiveTimes>;
}

/** The option of `gable()` for live connections. */
export interface LiveSetting {
  /** Enables channels; `{}` for the defaults. None by default: event streams and WebSockets work without it. */
  live?: LiveOptions;
}

const optionNames: Readonly<Record<keyof LiveOptions, true>> = { carrier: true, times: true };

/** Looks after event streams and WebSockets. Every application has it; nothing is loaded before the first connection. */
export const livePart = definePart({
  name: "live",
  option: { names: { live: true }, check: assertOptions, isEnabled: () => true },
  start: async (host, { live }: LiveSetting): Promise<Live> => {
    const times = { ...defaultTimes, ...developmentTimes(host.mode), ...live?.times };
    const channels = live === undefined ? undefined : await createChannels(live.carrier, host);
    const supervised = isWorkerOf(host.environment("GABLE_SUPERVISOR"));
    return new Live({
      host,
      sessions: host.find(sessionPart),
      times,
      channels,
      openCarrier: supervised ? openProcessCarrier : undefined,
    }).open();
  },
});

/** Loaded only where there are channels. */
async function createChannels(carrier: LiveCarrier | undefined, host: PartHost): Promise<AppChannels> {
  const { AppChannels } = await import("./app-channels.ts");
  if (carrier !== undefined) return new AppChannels(carrier, host);
  const { processCarrier } = await import("./process-carrier.ts");
  const { memoryCarrier } = await import("./memory-carrier.ts");
  return new AppChannels(isWorkerOf(host.environment("GABLE_SUPERVISOR")) ? processCarrier() : memoryCarrier(), host);
}

/** The carrier of an application without channels that has other processes on its machine. */
async function openProcessCarrier(): Promise<LiveCarrier> {
  const { processCarrier } = await import("./process-carrier.ts");
  const carrier = processCarrier();
  await carrier.open?.();
  return carrier;
}

/** A developer who stops the server does not want to wait. */
function developmentTimes(mode: string): Partial<LiveTimes> {
  return mode === "development" ? { spreadMs: 0 } : {};
}

function assertOptions({ live = {} }: LiveSetting): void {
  if (typeof live !== "object" || live === null) throw optionInvalid("gable()", "live", live, "an object, such as {}");
  assertKnownOptions("gable() live", live, Object.keys(optionNames));
  const { carrier } = live;
  if (carrier !== undefined && (typeof carrier !== "object" || carrier === null || typeof carrier.subscribe !== "function"))
    throw optionInvalid("gable() live", "carrier", carrier, "a carrier such as redisCarrier()");
}
