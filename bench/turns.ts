/** Load on several servers in turns, so that all see the same machine. */
import type { LoadRequest, LoadResult } from "./http/load.ts";
import { runLoad } from "./http/load.ts";
import type { startProgram } from "./process.ts";

/** A running server. */
export interface TurnServer {
  readonly name: string;
  readonly port: number;
  readonly child: ReturnType<typeof startProgram>;
}

/** How often, and how long. */
interface TurnOptions {
  readonly turns: number;
  readonly seconds: number;
}

/** Measures each server in each turn, after one that does not count. Returns the middle turn of each by its CPU time. */
export function measureInTurns<Server extends TurnServer>(
  servers: readonly Server[],
  requestOf: (server: Server) => LoadRequest,
  { turns, seconds }: TurnOptions,
): Array<LoadResult & { readonly subject: string }> {
  const run = (server: Server): LoadResult =>
    runLoad(server.child.pid!, server.port, requestOf(server), Math.max(2, Math.round(seconds / 2)));
  const results = new Map(servers.map(({ name }) => [name, [] as LoadResult[]]));
  for (const server of servers) run(server);
  for (let turn = 0; turn < turns; turn++) for (const server of servers) results.get(server.name)!.push(run(server));
  return [...results].map(([subject, all]) => {
    const sorted = all.sort((one, other) => one.cpuUs - other.cpuUs);
    return { subject, ...sorted[Math.floor(turns / 2)]! };
  });
}
