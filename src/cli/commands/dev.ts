/** `gable dev`: serves the application for development, and follows every save. */
import { spawn } from "node:child_process";
import { GableError } from "gable";
import { portOf, readAddress } from "../address.ts";
import type { BuiltInContext } from "../built-in.ts";
import { builtIn } from "../built-in.ts";

const flags = {
  port: { type: "int", help: "Port; by default PORT, else 3000" },
  host: { type: "string", help: "Address; by default HOST, else 127.0.0.1" },
  open: { type: "boolean", help: "Opens the first page in the browser" },
  inspect: { type: "boolean", help: "Opens the debugger of Node on port 9229" },
  noToolbar: { type: "boolean", help: "Leaves the toolbar out of pages" },
  noTypes: { type: "boolean", help: "Leaves out the TypeScript compiler" },
} as const;
type Context = BuiltInContext<{}, typeof flags>;

/** Serves until Ctrl-C or SIGTERM. */
export const dev = builtIn({
  examples: ["dev", "dev --port 8080 --open", "dev --no-types", "dev --host 0.0.0.0"],
  flags,
  forcedMode: () => "development",
  async run(context: Context) {
    const { flags: given, project, common, terminal } = context;
    if (project.mode !== "development")
      throw new GableError("E_COMMAND_USAGE", `gable dev is for development only, and --mode is ${project.mode}.`, {
        fix: "Leave --mode out, or use gable start.",
      });
    readAddress(terminal, project.mode);
    const { DevServer } = await import("../dev/dev-server.ts");
    const { DevelopmentOutput } = await import("../dev/output.ts");
    const output = new DevelopmentOutput(terminal, common.json ? "json" : common.quiet ? "quiet" : "people");
    const host = given.host ?? (terminal.environment["HOST"] || "127.0.0.1");
    const server = new DevServer({
      folder: project.folder,
      appFile: project.findAppFile(),
      port: given.port ?? portOf(terminal.environment),
      host,
      inspect: given.inspect ? ["--inspect"] : [],
      checksTypes: !given.noTypes,
      hasToolbar: !given.noToolbar,
      editor: terminal.environment["GABLE_EDITOR"],
      environment: terminal.environment,
      output,
    });
    const port = await server.start().catch(async (error: unknown) => {
      await server.stop();
      throw error;
    });
    const url = `http://${toUrlHost(host)}:${port}`;
    output.tell("listening", `Serving ${url} (development). Save a file to see it in the page; Ctrl-C stops.`, { url, port });
    if (!isLoopback(host)) output.warn("open-address", openAddressText(host));
    if (given.open) openBrowser(url);
    await untilStopped(context);
    await server.stop();
    return { url };
  },
});

function untilStopped({ signal }: Context): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      process.removeListener("SIGTERM", stop);
      process.removeListener("SIGHUP", stop);
      resolve();
    };
    if (signal.aborted) resolve();
    signal.addEventListener("abort", stop, { once: true });
    process.on("SIGTERM", stop);
    process.on("SIGHUP", stop);
  });
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}

/** A browser cannot open the address that means all addresses. */
function toUrlHost(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}

function openAddressText(host: string): string {
  return [
    `Everybody in your network can reach this server: it listens on ${host}.`,
    "It shows source code and settings in error pages. It answers only for the names in the option hosts and for localhost,",
    "so list the name or the address that the other device uses. Stop it when you leave this network.",
  ].join("\n");
}

/** A browser that cannot be opened must not stop the server. */
function openBrowser(url: string): void {
  const [program, words] =
    process.platform === "darwin"
      ? ["open", [url]]
      : process.platform === "win32"
        ? ["cmd", ["/c", "start", "", url]]
        : ["xdg-open", [url]];
  const child = spawn(program, words, { stdio: "ignore", detached: true });
  child.on("error", () => undefined);
  child.unref();
}
