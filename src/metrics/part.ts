/** Metrics as a part of an application: the option, and its check. */
import { isWorkerOf } from "../channels/worker-of.ts";
import { databasesPart } from "../data/part.ts";
import { GableError } from "../errors/gable-error.ts";
import { assertKnownOptions, optionInvalid } from "../errors/option-errors.ts";
import { definePart } from "../parts/part.ts";
import { tasksPart } from "../tasks/part.ts";
import type { Metrics } from "./metrics.ts";

/** Options of the metrics of an application. */
export interface MetricsOptions {
  /** Token that a scraper sends as `Authorization: Bearer TOKEN`: at least 32 visible ASCII characters, without spaces. */
  token: string;
  /** Path of the endpoint. Default "/metrics". */
  path?: string;
}

/** The option of `gable()` for metrics. */
export interface MetricsSetting {
  /** Counts requests, and shows metrics in the text format of Prometheus to those who have the token. None by default. */
  metrics?: MetricsOptions;
}

const optionNames: Readonly<Record<keyof MetricsOptions, true>> = { token: true, path: true };
const tokenCharactersMin = 32;
const fixToken = 'Make one with "openssl rand -hex 32", and read it from the environment.';

/** Counts what the application does. Without the option, requests never reach its code. */
export const metricsPart = definePart({
  name: "metrics",
  option: { names: { metrics: true }, check: assertOptions },
  start: async (host, { metrics }: MetricsSetting): Promise<Metrics> => {
    const { token, path = "/metrics" } = metrics!;
    // Loads modules of Node, which only this feature needs.
    const { Metrics } = await import("./metrics.ts");
    return new Metrics({
      token,
      path,
      databases: host.find(databasesPart),
      tasks: host.find(tasksPart),
      logger: host.logger,
      isWorker: isWorkerOf(host.environment("GABLE_SUPERVISOR")),
    });
  },
});

function assertOptions({ metrics }: MetricsSetting): void {
  if (typeof metrics !== "object" || metrics === null) throw optionInvalid("gable()", "metrics", metrics, "an object with a token");
  assertKnownOptions("gable() metrics", metrics, Object.keys(optionNames));
  assertToken(metrics.token);
  const { path = "/metrics" } = metrics;
  if (typeof path !== "string" || !/^(?:\/[\w.~-]+)+$/.test(path))
    throw optionInvalid("gable() metrics", "path", path, 'a path such as "/metrics"');
}

/** Messages about a token do not show it. */
function assertToken(token: unknown): void {
  const problem =
    typeof token !== "string"
      ? "is not a string"
      : token.length < tokenCharactersMin
        ? `has ${token.length} characters`
        : /^[!-~]*$/.test(token)
          ? undefined
          : "has spaces, or characters that are not ASCII";
  if (problem === undefined) return;
  throw new GableError(
    "E_OPTION_INVALID",
    `gable() metrics: option "token" ${problem}; it must be a string of at least ${tokenCharactersMin} visible ASCII characters, without spaces.`,
    { fix: fixToken, details: { owner: "gable() metrics", name: "token" } },
  );
}
