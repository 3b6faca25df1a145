/** Holds docs/explanation/how-a-request-travels.md to what really runs, in its order, by a debugger on a child process. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { describe, it } from "node:test";

const page = await readFile(new URL("../docs/explanation/how-a-request-travels.md", import.meta.url), "utf8");
const rows = [...page.matchAll(/^\| `(\w+)` \| (src\/\S+\.ts) \|/gm)].map(([, name, file]) => ({ name: name!, file: file! }));

const program = `
import { gable } from "gable";
const app = gable({ mode: "test" });
app.get("/users/:id(int)", ({ params }) => ({ id: params.id }));
const running = await app.listen({ port: 0, quiet: true });
process.stdout.write("PORT " + running.port + "\\n");
`;

interface ProtocolMessage {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
}

/** The debugger's protocol over a web socket: calls with answers, and events. */
class DebuggerClient {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (result: Record<string, unknown>) => void>();
  onEvent: (method: string, params: Record<string, unknown>) => void = () => undefined;
  #lastId = 0;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => {
      const message = JSON.parse(String(data)) as ProtocolMessage;
      if (message.id === undefined) this.onEvent(message.method!, message.params ?? {});
      else this.#waiting.get(message.id)?.(message.result ?? {});
    });
  }

  static async connect(url: string): Promise<DebuggerClient> {
    const socket = new WebSocket(url);
    await new Promise((resolve, reject) => {
      socket.addEventListener("open", resolve, { once: true });
      socket.addEventListener("error", reject, { once: true });
    });
    return new DebuggerClient(socket);
  }

  call(method: string, params: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    const id = ++this.#lastId;
    this.#socket.send(JSON.stringify({ id, method, params }));
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }

  close(): void {
    this.#socket.close();
  }
}

/** The line of a function's head in its file, from 0. Types are blanked in place, so lines are the source's own. */
function lineOf(text: string, name: string): number {
  const head = new RegExp(
    `^(?:export )?(?:async )?function ${name}\\b|^ {2,6}(?:private |readonly )*${name}(?:\\(|<| = (?:async )?\\()|(?:const|function) ${name}\\b`,
  );
  return text.split("\n").findIndex((line) => head.test(line));
}

describe("how a request travels", () => {
  it("names the functions that run for a request, in their order", async () => {
    assert.ok(rows.length > 10);
    const child = spawn(
      process.execPath,
      ["--import", "./scripts/source.mjs", "--inspect=127.0.0.1:0", "--input-type=module", "--eval", program],
      { cwd: new URL("..", import.meta.url), stdio: ["ignore", "pipe", "pipe"] },
    );
    try {
      let output = "";
      const found = (pattern: RegExp): Promise<string> =>
        new Promise((resolve, reject) => {
          const look = (chunk: Buffer | string): void => {
            output += String(chunk);
            const match = pattern.exec(output);
            if (match !== null) resolve(match[1]!);
          };
          child.stdout.on("data", look);
          child.stderr.on("data", look);
          child.once("exit", () => reject(new Error(`The child ended early: ${output}`)));
        });
      const [url, port] = await Promise.all([found(/(ws:\/\/\S+)/), found(/PORT ([0-9]+)/)]);
      const client = await DebuggerClient.connect(url);
      const steps = await traceRequest(client, Number(port));
      client.close();
      let from = 0;
      for (const { name, file } of rows) {
        const at = steps.indexOf(`${name} ${file}`, from);
        assert.notEqual(at, -1, `${name} of ${file} does not run after the row above it. What ran: ${steps.join(", ")}`);
        from = at + 1;
      }
    } finally {
      child.kill("SIGKILL");
    }
  });
});

/** Stops at each function of the page, notes it, and goes on. */
async function traceRequest(client: DebuggerClient, port: number): Promise<string[]> {
  const steps: string[] = [];
  const names = new Map<string, string>();
  const scripts = new Map<string, string>();
  client.onEvent = (method, params) => {
    if (method === "Debugger.scriptParsed") scripts.set(String(params.url), String(params.scriptId));
    if (method !== "Debugger.paused") return;
    for (const id of params.hitBreakpoints as string[]) steps.push(names.get(id)!);
    void client.call("Debugger.resume");
  };
  await client.call("Debugger.enable");
  for (const { name, file } of rows) {
    const source = new URL(`../${file}`, import.meta.url);
    const start = lineOf(await readFile(source, "utf8"), name);
    assert.notEqual(start, -1, `${file} has no function ${name}`);
    const scriptId = scripts.get(source.href);
    assert.ok(scriptId !== undefined, `${file} is not loaded`);
    // The first place inside the function's body where the engine can stop.
    const { locations } = await client.call("Debugger.getPossibleBreakpoints", {
      start: { scriptId, lineNumber: start + 1, columnNumber: 0 },
      end: { scriptId, lineNumber: start + 60, columnNumber: 0 },
    });
    const { breakpointId } = await client.call("Debugger.setBreakpoint", { location: (locations as unknown[])[0] });
    names.set(String(breakpointId), `${name} ${file}`);
  }
  const answer = await fetch(`http://127.0.0.1:${port}/users/42`);
  assert.deepEqual(await answer.json(), { id: 42 });
  return steps;
}
