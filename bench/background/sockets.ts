/** Memory of idle WebSockets, and CPU time of a message to many of them, compared with a server of the package ws. */
import type { Socket } from "node:net";
import { connect } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { readCpuUs, readMemoryBytes, startProgram, stopProgram, waitForPort } from "../process.ts";
import type { BenchLine, BenchOptions } from "../report.ts";

const subjects = { ws: "ws.ts", gable: "gable.ts" } as const;
const folder = fileURLToPath(new URL("./sockets/", import.meta.url));
const port = 22_100;
/** With the first 100 and the requests of this file, no more than a server takes. */
const idleSockets = 9_800;
const readers = 1_000;
const messagesPerSecond = 100;
const rounds = 3;
const headFields = [
  `Host: 127.0.0.1:${port}`,
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
  "\r\n",
].join("\r\n");

/** Sockets of the client, and how many bytes they have got since the handshakes. */
class Client {
  readonly #sockets: Socket[] = [];
  bytes = 0;
  readonly #handshake: string;

  constructor(path: string) {
    this.#handshake = `GET ${path} HTTP/1.1\r\n${headFields}`;
  }

  async open(count: number): Promise<void> {
    for (let opened = 0; opened < count; opened += 100) await Promise.all(Array.from({ length: 100 }, () => this.#openOne()));
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #openOne(): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, "127.0.0.1", () => socket.write(this.#handshake));
      socket.on("error", reject);
      let head = "";
      const readHead = (chunk: Buffer): void => {
        head += chunk.toString("latin1");
        if (!head.includes("\r\n\r\n")) return;
        if (!head.startsWith("HTTP/1.1 101")) return reject(new Error(`No WebSocket: ${head.split("\r\n")[0]}`));
        socket.off("data", readHead);
        socket.on("data", ({ length }) => (this.bytes += length));
        resolve();
      };
      socket.on("data", readHead);
      this.#sockets.push(socket);
    });
  }
}

/** Measures both servers in turns; of each the middle turn counts. */
export async function measureSockets({ subjects: wanted, seconds }: BenchOptions): Promise<BenchLine[]> {
  const names = (Object.keys(subjects) as Array<keyof typeof subjects>).filter((name) => wanted.length === 0 || wanted.includes(name));
  const lines: BenchLine[] = [];
  for (const [test, measure] of [
    ["9,800 idle sockets: bytes of each", measureIdle],
    ["a message to 1,000 sockets: CPU time of each", (pid: number) => measureBroadcast(pid, seconds * messagesPerSecond)],
  ] as const) {
    const results = new Map(names.map((name) => [name, [] as number[]]));
    for (let round = 0; round < rounds; round++) for (const name of names) results.get(name)!.push(await withServer(name, measure));
    const middles = [...results].map(([subject, all]) => ({ subject, value: all.sort((a, b) => a - b)[Math.floor(rounds / 2)]! }));
    for (const { subject, value } of middles) {
      const figure = measure === measureIdle ? { bytes: value } : { cpuUs: value };
      lines.push({ test, subject, ...figure, ratio: value / middles[0]!.value });
    }
  }
  return lines;
}

async function withServer(name: keyof typeof subjects, work: (pid: number) => Promise<number>): Promise<number> {
  const child = startProgram({ command: [process.execPath, "--expose-gc", `${folder}${subjects[name]}`] }, port);
  try {
    if (!(await waitForPort(port))) throw new Error(`${name} did not start`);
    return await work(child.pid!);
  } finally {
    await stopProgram(child);
  }
}

async function settledMemory(pid: number): Promise<number> {
  await fetch(`http://127.0.0.1:${port}/collect`);
  await wait(500);
  return readMemoryBytes(pid);
}

async function measureIdle(pid: number): Promise<number> {
  const client = new Client("/idle");
  await client.open(100);
  const before = await settledMemory(pid);
  await client.open(idleSockets);
  const used = (await settledMemory(pid)) - before;
  client.close();
  return used / idleSockets;
}

/** Microseconds for each message and each socket. */
async function measureBroadcast(pid: number, count: number): Promise<number> {
  const client = new Client("/live");
  await client.open(readers);
  await publish(client, 50);
  const before = readCpuUs(pid);
  await publish(client, count);
  const used = readCpuUs(pid) - before;
  client.close();
  return used / count / readers;
}

/** Has the server send messages, and waits until all readers have all of them. */
async function publish(client: Client, count: number): Promise<void> {
  const start = client.bytes;
  const size = Number(await (await fetch(`http://127.0.0.1:${port}/publish/${count}`)).text());
  // A frame of at most 125 bytes has a head of two.
  const expected = start + count * readers * (size + 2);
  const end = performance.now() + 60_000;
  while (client.bytes < expected && performance.now() < end) await wait(5);
  if (client.bytes !== expected) throw new Error(`The sockets got ${client.bytes - start} bytes instead of ${expected - start}.`);
}
