/** Real proxies for tests: nginx, HAProxy and Apache, each with a configuration and a folder that end with the test. */
import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

const isRequired = process.env["GABLE_TEST_REQUIRE"] === "all";
const nginxPath = ["/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/bin/nginx"].find((path) => existsSync(path));
const haproxyPath = ["/usr/sbin/haproxy", "/usr/bin/haproxy", "/usr/local/bin/haproxy"].find((path) => existsSync(path));
const apachePath = ["/usr/sbin/apache2", "/usr/sbin/httpd"].find((path) => existsSync(path));
const apacheModules = ["/usr/lib/apache2/modules", "/usr/lib64/httpd/modules"].find((path) => existsSync(path));

/** Why tests with nginx are skipped; false where they run. */
export const skipNginx: string | false = nginxPath !== undefined || isRequired ? false : "no nginx here";
/** Why tests with HAProxy are skipped; false where they run. */
export const skipHaproxy: string | false = haproxyPath !== undefined || isRequired ? false : "no HAProxy here";

/** Why tests with Apache are skipped; false where they run. */
export const skipApache: string | false =
  (apachePath !== undefined && apacheModules !== undefined) || isRequired ? false : "no Apache here";

/** A proxy that listens. */
export interface FrontProxy {
  readonly port: number;
  /** What the proxy has written. */
  readonly log: () => string;
  readonly stop: () => Promise<void>;
}

/** How a proxy reaches its upstream servers. */
export interface FrontProxyOptions {
  /** Ports of the servers. */
  readonly ports: readonly number[];
  /** Directives of the location of nginx. None by default. */
  readonly directives?: string;
  /** Whether the proxy reads a whole body before it asks a server. Default true. */
  readonly isBuffering?: boolean;
}

/** Returns a configuration of the guide, as printed. Fails where a part of it that a test replaces is missing. */
function readGuide(language: string, replaced: ReadonlyArray<readonly [printed: string, used: string]>): string {
  const guide = readFileSync(new URL("../../docs/guides/deployment.md", import.meta.url), "utf8");
  let config = guide.split(`\`\`\`${language}\n`)[1]?.split("```")[0] ?? assert.fail(`no ${language} in the guide`);
  for (const [printed, used] of replaced) {
    assert.ok(config.includes(printed), printed);
    config = config.replace(printed, used);
  }
  return config;
}

/** Starts nginx with the configuration of the deployment guide: only addresses change. */
export async function startNginx({ ports, directives = "", isBuffering = true }: FrontProxyOptions): Promise<FrontProxy> {
  assert.ok(nginxPath !== undefined, "GABLE_TEST_REQUIRE=all needs nginx: apt-get install nginx-light");
  const port = await findFreePort();
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${name};`).join(" ");
  const more = `proxy_request_buffering ${isBuffering ? "on" : "off"}; ${directives}`;
  const site = readGuide("nginx", [
    ["server 127.0.0.1:3000;", ports.map((each) => `server 127.0.0.1:${each};`).join(" ")],
    ["listen 80;", `listen 127.0.0.1:${port};`],
    ["proxy_http_version 1.1;", `proxy_http_version 1.1; ${more}`],
  ]);
  const config = `daemon off; master_process off; pid nginx.pid; error_log stderr warn; events { worker_connections 512; }
http { access_log off; ${temporary}
${site}}
`;
  return startProxy("nginx.conf", config, port, (folder, path) => [nginxPath, ["-p", `${folder}/`, "-c", path, "-e", "stderr"]]);
}

/** Starts HAProxy with the configuration of the deployment guide: only addresses and the number of connections change. */
export async function startHaproxy({ ports, isBuffering = false }: FrontProxyOptions): Promise<FrontProxy> {
  assert.ok(haproxyPath !== undefined, "GABLE_TEST_REQUIRE=all needs HAProxy: apt-get install haproxy");
  const port = await findFreePort();
  const servers = ports.map((each, index) => `server shop${index} 127.0.0.1:${each}`).join("\n  ");
  const config = readGuide("haproxy", [
    ["maxconn 20000", "maxconn 200"],
    ["bind :80", `bind 127.0.0.1:${port}`],
    ["server shop1 127.0.0.1:3000", `${isBuffering ? "option http-buffer-request\n  " : ""}${servers}`],
  ]);
  return startProxy("haproxy.cfg", config, port, (_folder, path) => [haproxyPath, ["-db", "-f", path]]);
}

/** Starts Apache. It asks a server before it has read the whole body. */
export async function startApache({ ports }: FrontProxyOptions): Promise<FrontProxy> {
  assert.ok(apachePath !== undefined && apacheModules !== undefined, "GABLE_TEST_REQUIRE=all needs Apache: apt-get install apache2");
  const port = await findFreePort();
  const modules = ["mpm_event", "authz_core", "slotmem_shm", "proxy", "proxy_http", "proxy_balancer", "lbmethod_byrequests"];
  const members = ports.map((each) => `BalancerMember http://127.0.0.1:${each}`).join("\n  ");
  // Apache does not serve as root.
  const user = process.getuid?.() === 0 ? "User www-data\nGroup www-data" : "";
  const config = `ServerName localhost
${user}
Listen 127.0.0.1:${port}
${modules.map((name) => `LoadModule ${name}_module ${apacheModules}/mod_${name}.so`).join("\n")}
PidFile httpd.pid
DefaultRuntimeDir .
ErrorLog error.log
<Proxy balancer://app>
  ${members}
</Proxy>
ProxyPass / balancer://app/
`;
  return startProxy("httpd.conf", config, port, (folder, path) => [apachePath, ["-X", "-d", folder, "-f", path]]);
}

async function startProxy(
  name: string,
  config: string,
  port: number,
  command: (folder: string, path: string) => readonly [string, readonly string[]],
): Promise<FrontProxy> {
  const folder = await mkdtemp(join(tmpdir(), "gable-proxy-"));
  const path = join(folder, name);
  await writeFile(path, config);
  const [program, args] = command(folder, path);
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  child.stdout.on("data", (chunk) => (log += String(chunk)));
  child.stderr.on("data", (chunk) => (log += String(chunk)));
  const stop = async (): Promise<void> => {
    await endChild(child);
    await rm(folder, { recursive: true, force: true });
  };
  for (let round = 0; !(await answers(port)); round++) {
    if (round < 200 && child.exitCode === null) await wait(25);
    else {
      await stop();
      assert.fail(`${name} did not start: ${log}`);
    }
  }
  return { port, log: () => log, stop };
}

async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => void child.once("exit", () => resolve()));
  child.kill("SIGKILL");
  await ended;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

/** Finds a port that was free just now. */
async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A server that listens on a port has an address of this kind.
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
