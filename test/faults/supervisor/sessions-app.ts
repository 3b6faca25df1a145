/** An application without the option `live`, with sessions that all workers can read. */
import { gable, get, socket } from "gable";
import { sessionRoutes } from "../../live/session-routes.ts";
import { silentLogger } from "../../silent-logger.ts";

export default gable({
  mode: "test",
  logger: silentLogger,
  secretKeys: ["0123456789abcdefABCDEFghijklmnopqrstuvwxyz_"],
  session: { store: "cookie" },
  routes: [
    ...sessionRoutes(),
    get("/events", ({ reply, signal }) =>
      reply.events(
        (async function* () {
          yield { data: String(process.pid) };
          await new Promise((resolve) => signal.addEventListener("abort", resolve));
        })(),
      ),
    ),
    socket("/socket", { open: (connection) => connection.send(String(process.pid)) }),
  ],
});
