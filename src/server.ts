export { serve } from "./server/serve.ts";
export { toNodeListener } from "./server/node-server.ts";
export type { ServeOptions, RunningServer, StopOptions } from "./server/serve.ts";
export type { NodeListenerOptions } from "./server/node-server.ts";
export type { HttpsOptions } from "./server/https-options.ts";
export type { ServerLimits } from "./server/limits.ts";
export type { ListenAddress } from "./server/listen-socket.ts";
