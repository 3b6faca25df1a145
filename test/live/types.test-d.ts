/** Types of WebSocket routes and event streams: what handlers get, and the mistakes that must not compile. */
import { get, group, middleware, socket } from "gable";
import type { HandlerReply, RawMessage } from "gable";
import { field as f } from "gable/forms";
import { z } from "zod";

type Equal<First, Second> = (<Value>() => Value extends First ? 1 : 2) extends <Value>() => Value extends Second ? 1 : 2 ? true : false;
function assertType<Condition extends true>(): Condition | undefined {
  return undefined;
}

const schema = z.object({ text: z.string(), at: z.coerce.date() });

// Parameters come from the pattern, messages from the schema.
const room = socket(
  "/rooms/:room(int)/:name",
  { message: schema, query: z.object({ page: z.number() }) },
  {
    open: (connection) => {
      assertType<Equal<typeof connection.params, { room: number; name: string }>>();
      assertType<Equal<typeof connection.context.query, { page: number }>>();
      // @ts-expect-error -- the pattern has no such parameter
      void connection.params.id;
      // @ts-expect-error -- objects are sent with sendJson()
      connection.send({ text: "a" });
    },
    message: (_connection, message) => {
      assertType<Equal<typeof message, { text: string; at: Date }>>();
      // @ts-expect-error -- the schema has no such key
      void message.title;
    },
    close: (_connection, end) => {
      assertType<Equal<typeof end.code, number>>();
    },
  },
);
room.url({ room: 7, name: "a" });
// @ts-expect-error -- the number of the room is missing
room.url({ name: "a" });

// Without a schema, messages are texts or bytes.
socket("/raw", { message: (_connection, message) => void assertType<Equal<typeof message, RawMessage>>() });

// Groups add parameters of their prefix, and properties of their middleware.
const team = group("/teams/:team(int)", { use: [middleware<{ role: "admin" }>((_context, next) => next({ role: "admin" }))] });
team.socket("/chat/:room", {
  open: ({ params, context }) => {
    assertType<Equal<typeof params, { team: number; room: string }>>();
    assertType<Equal<typeof context.role, "admin">>();
  },
});

// @ts-expect-error -- a WebSocket route has no form
socket("/x", { form: { a: f.text() } }, {});
// @ts-expect-error -- the handlers have no such name
socket("/x", { opened: () => undefined });

async function* events(): AsyncGenerator<{ id: string; data: number }> {
  yield { id: "1", data: 1 };
}
async function* others(): AsyncGenerator<{ text: string }> {
  yield { text: "a" };
}
get("/feed", ({ reply }) => {
  const sent = reply.events(events(), { retryMs: 1_000 });
  assertType<Equal<typeof sent, HandlerReply>>();
  // @ts-expect-error -- an event has data
  reply.events(others());
  // @ts-expect-error -- there is no such option
  reply.events(events(), { retry: 1 });
  return sent;
});
