/** One id of a request from the field of a proxy to all that the request causes: log lines, statements, tasks, live messages, spans. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { trace } from "@opentelemetry/api";
import type { Application, Logger } from "gable";
import { gable, get, socket } from "gable";
import { field as f, Model, transaction } from "gable/data";
import { channel } from "gable/live";
import { task, taskModel } from "gable/tasks";
import { WebSocket } from "ws";
import { exporter, spans, until } from "../traces/exported-spans.ts";

class Order extends Model("followed_orders", { id: f.id(), note: f.text({ max: 50 }) }) {}
const TaskRow = taskModel();
const news = channel("followed/:id(int)");

interface Line {
  readonly message: string;
  readonly requestId?: string;
  readonly [fact: string]: unknown;
}

/** Keeps lines with the facts of their children. */
function keepLines(lines: Line[], facts: object = {}): Logger {
  const write = (first: unknown, message?: string): void => {
    const own = typeof first === "string" ? { message: first } : { ...(first as object), message: message ?? "" }; // The two forms of the methods.
    lines.push({ ...facts, ...own });
  };
  return { debug: write, info: write, warn: write, error: write, child: (more) => keepLines(lines, { ...facts, ...more }) };
}

for (const traces of [false, true])
  describe(`a request id, ${traces ? "with" : "without"} traces`, () => {
    const lines: Line[] = [];
    let app: Application;
    let url = "";
    const ship = task("ship", { input: { order: f.int() } }, async ({ input: { order }, log }) => {
      log.info({ order }, "The order is on its way.");
      if (order === 2) throw new Error("no lorry");
    });
    before(async () => {
      exporter.reset();
      app = gable({
        mode: "production",
        logger: keepLines(lines),
        log: { "gable.sql": "debug", requests: true },
        proxies: { trust: ["127.0.0.1"] },
        models: [Order, TaskRow],
        database: "sqlite::memory:",
        tasks: { tasks: [ship], queue: "database" },
        live: {},
        traces,
        routes: [
          get("/orders/:id(int)", async ({ params: { id }, log }) => {
            log.info("The order is paid.");
            await transaction(async () => {
              await Order.create({ note: `order ${id}` });
              await ship.enqueue({ order: id });
            });
            await news.publish({ id }, { paid: true });
            return "ok";
          }),
          socket("/orders/:id(int)/live", {
            open: (connection) => {
              connection.context.log.info("A reader has come.");
              void news.pipe(connection.params, connection);
            },
            message: (connection) => {
              connection.context.log.info("A reader has written.");
              connection.send("written");
            },
          }),
        ],
      });
      await app.start();
      await app.database().createTables();
      ({ url } = await app.listen({ port: 0, quiet: true }));
    });
    after(() => app.close());

    const linesOf = (id: string): readonly Line[] => lines.filter(({ requestId }) => requestId === id);
    const texts = (id: string): readonly string[] => linesOf(id).map(({ message }) => message);

    it("is in the lines, the statements, the task and the spans that one request causes, and in no others", async () => {
      lines.length = 0;
      exporter.reset();
      const ids = ["proxy-1", "proxy-2"];
      await Promise.all(
        ids.map(async (id, index) => {
          const reply = await fetch(`${url}/orders/${index + 1}`, { headers: { "x-request-id": id } });
          assert.deepEqual([reply.status, reply.headers.get("x-request-id")], [200, id]);
        }),
      );
      for (const [index, id] of ids.entries()) {
        await until(() => texts(id).includes("The order is on its way."));
        assert.ok(texts(id).includes("The order is paid."));
        assert.ok(texts(id).includes(`GET /orders/${index + 1} 200`));
        const statements = linesOf(id).filter(({ part }) => part === "gable.sql");
        for (const table of ["followed_orders", "gable_tasks"])
          assert.equal(statements.filter(({ sql }) => String(sql).startsWith(`INSERT INTO "${table}"`)).length, 1, `${id} ${table}`);
        const [run] = linesOf(id).filter(({ task: name }) => name === "ship");
        assert.deepEqual([run?.message, run?.["order"]], ["The order is on its way.", index + 1]);
      }
      // What fails says so with the id of the request that enqueued it.
      await until(() => lines.some(({ message }) => message.includes("no lorry")));
      assert.deepEqual(
        lines.filter(({ message }) => message.includes("no lorry")).map(({ requestId }) => requestId),
        ["proxy-2"],
      );
      // The worker asks its queue for nobody.
      const claims = lines.filter(({ part, sql }) => part === "gable.sql" && String(sql).startsWith('UPDATE "gable_tasks"'));
      assert.ok(claims.length > 0);
      assert.deepEqual(new Set(claims.map(({ requestId }) => requestId)), new Set([undefined]));
      if (traces) assertSpans(ids);
    });

    it("of a WebSocket is in the lines of its messages, also when another request has published what it sends", async () => {
      lines.length = 0;
      const client = new WebSocket(`${url.replace("http", "ws")}/orders/7/live`, { headers: { "x-request-id": "reader-1" } });
      const received: string[] = [];
      client.on("message", (data) => received.push(String(data as Buffer))); // A client gets buffers.
      await new Promise((resolve) => client.once("open", resolve));
      await until(() => texts("reader-1").includes("A reader has come."));
      client.send("hello");
      await until(() => received.includes("written"));
      assert.ok(texts("reader-1").includes("A reader has written."));
      await fetch(`${url}/orders/7`, { headers: { "x-request-id": "writer-1" } });
      await until(() => received.includes('{"paid":true}'));
      assert.ok(texts("writer-1").includes("The order is paid."));
      client.close();
      await new Promise((resolve) => client.once("close", resolve));
    });
  });

/** The spans of a request, of its statements and of its task are one trace. */
function assertSpans(ids: readonly string[]): void {
  for (const id of ids) {
    const [request] = spans().filter(({ attributes }) => attributes["gable.request.id"] === id);
    const { traceId } = request!.spanContext();
    const names = spans()
      .filter((span) => span.spanContext().traceId === traceId)
      .map(({ name }) => name);
    for (const name of ["GET /orders/:id(int)", "INSERT", "send ship", "process ship"])
      assert.ok(names.includes(name), `${name}: ${names.join(", ")}`);
  }
  assert.equal(trace.getActiveSpan(), undefined);
}
