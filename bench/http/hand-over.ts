/**
 * Measures what the supervisor's hand-over costs per connection: CPU of both processes, compared with one process that
 * accepts itself. Each request opens a connection, the worst case. Run: node bench/http/hand-over.ts [connections]
 */
import { fork } from "node:child_process";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import { serve, supervise } from "gable/server";

const app = fileURLToPath(new URL("../../test/faults/supervisor/app.ts", import.meta.url));
const total = Number(process.argv[2] ?? 20_000);
const concurrency = 16;

if (process.env["HAND_OVER_CLIENT"] !== undefined) runClient(Number(process.env["HAND_OVER_CLIENT"]));
else await measure();

/** Opens connections, one request each. */
function runClient(port: number): void {
  let begun = 0;
  let ended = 0;
  const next = (): void => {
    if (begun++ >= total) return;
    const socket = connect(port, "127.0.0.1", () => socket.write("GET /echo/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
    socket.on("data", () => undefined);
    socket.on("error", () => undefined);
    socket.on("close", () => {
      if (++ended === total) process.exit();
      next();
    });
  };
  for (let count = 0; count < concurrency; count++) next();
}

async function measure(): Promise<void> {
  const server = await serve(() => ({ status: 200, headers: [["content-type", "text/plain"]], body: "x" }), { port: 0 });
  const alone = await cpuPerConnection(server.port, [process.pid]);
  await server.stop({ graceMs: 0 });
  const supervisor = await supervise({ app, workers: 1, port: 0, signals: false, onEvent: () => undefined });
  const pids = [process.pid, ...supervisor.status.workers.map(({ pid }) => pid)];
  const supervised = await cpuPerConnection(supervisor.port, pids);
  await supervisor.stop();
  console.log(JSON.stringify({ connections: total, aloneUs: alone, supervisedUs: supervised, handOverUs: round(supervised - alone) }));
}

async function cpuPerConnection(port: number, pids: readonly number[]): Promise<number> {
  await run(port);
  const before = sumCpu(pids);
  await run(port);
  return round((sumCpu(pids) - before) / total);
}

function run(port: number): Promise<void> {
  const client = fork(fileURLToPath(import.meta.url), [String(total)], { env: { ...process.env, HAND_OVER_CLIENT: String(port) } });
  return new Promise((resolve) => void client.once("exit", () => resolve()));
}

/** User and system time of processes, in microseconds; the kernel counts in ticks of 10 ms. */
function sumCpu(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
    return sum + (Number(fields[11]) + Number(fields[12])) * 10_000;
  }, 0);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
