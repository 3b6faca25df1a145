/** An application with a replayed channel, for reloads with open connections. */
import { gable, get, post, socket } from "gable";
import { channel } from "gable/live";
import { silentLogger } from "../../silent-logger.ts";

const numbers = channel("numbers", { replay: { seconds: 300, messagesMax: 10_000 } });

export default gable({
  mode: "test",
  logger: silentLogger,
  live: {},
  routes: [
    post("/publish/:number(int)", async ({ params }) => {
      await numbers.publish({}, params.number);
      return { pid: process.pid };
    }),
    get("/events", (context) => context.reply.events(numbers.events({}, context))),
    socket("/numbers", {
      open: (connection) => void numbers.pipe({}, connection, { after: connection.context.query.get("after") ?? undefined }),
    }),
  ],
});
