/** The channels of the application whose request or task runs, else those of the only application that runs. */
import { Ambient } from "../parts/ambient.ts";
import type { AppChannels } from "./app-channels.ts";

/** The channels of applications that run. */
export const currentChannels: Ambient<AppChannels> = new Ambient({
  what: "channels",
  code: "E_CHANNEL_MISSING",
  call: "run this code in a request or a task of it",
});
