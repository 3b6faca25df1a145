/** Metrics as a part of an application: the option, and its check. */
import { isWorkerOf } from "../channels/worker-of.ts";
import { databasesPart } from "../data/part.ts";
import { assertKnownOptions, optionInvalid } from "../errors/option-errors.ts";
import { assertEndpointToken } from "../handlers/endpoint-token.ts";
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
  assertEndpointToken("gable() metrics", metrics.token);
  const { path = "/metrics" } = metrics;
  if (typeof path !== "string" || !/^(?:\/[\w.~-]+)+$/.test(path))
    throw optionInvalid("gable() metrics", "path", path, 'a path such as "/metrics"');
}
