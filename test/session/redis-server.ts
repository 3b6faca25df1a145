/** A separate Redis for tests that stop it. */
import type { ChildProcess } from "node:child_process";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";

/** Returns whether this machine has the program. */
export function canStartRedis(): boolean {
  return spawnSync("redis-server", ["--version"]).status === 0;
}

/** Returns a port that nothing uses. */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // It listens on a port.
  server.close();
  await once(server, "close");
  return port;
}

/** Starts Redis. Without `more`, it keeps nothing on disk. */
export async function startRedis(port: number, more: readonly string[] = ["--appendonly", "no"]): Promise<ChildProcess> {
  const server = spawn("redis-server", ["--port", String(port), "--bind", "127.0.0.1", "--save", "", ...more], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  for await (const chunk of server.stdout) if (String(chunk).includes("Ready to accept connections")) break;
  return server;
}

/** Kills Redis. */
export async function stopRedis(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, "exit");
  server.kill("SIGKILL");
  await ended;
}
