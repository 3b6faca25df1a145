/** Writes metrics in the text format of Prometheus, version 0.0.4. */
import type { Gathered, Gauges } from "../channels/gathering.ts";
import type { Family } from "./families.ts";
import { bucketSeconds, durationsFamily, families, requestsFamily } from "./families.ts";

/** Media type of the text. */
export const metricsType = "text/plain; version=0.0.4; charset=utf-8";

/** Lines of a series: its name, its labels and its value. */
type Series = readonly [suffix: string, labels: string, value: number];

/** Returns labels as text, with their values escaped. */
export function toLabels(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escapeLabel(value)}"`)
    .join(",");
}

/** Returns the text of a reply. `shared` are gauges of what all processes share. */
export function renderMetrics(gathered: Gathered, shared: Gauges): string {
  return families.map((family) => renderFamily(family, [...listShared(shared[family.name]), ...listSeries(family, gathered)])).join("");
}

function renderFamily({ name, type, help }: Family, series: readonly Series[]): string {
  if (series.length === 0) return "";
  const lines = series.map(([suffix, labels, value]) => `${name}${suffix}${labels === "" ? "" : `{${labels}}`} ${toNumber(value)}\n`);
  return `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}

function* listSeries({ name, type }: Family, { sums, processes, askedCount }: Gathered): Generator<Series> {
  if (name === "gable_workers_asked") yield ["", "", askedCount];
  else if (name === "gable_workers_answered") yield ["", "", processes.length];
  else if (type === "gauge") for (const { worker, gauges } of processes) yield* listGauges(gauges[name], worker);
  else
    for (const [labels, numbers] of Object.entries(sums[name === requestsFamily ? durationsFamily : name] ?? {})) {
      if (type === "histogram") yield* listBuckets(labels, numbers);
      else yield ["", labels, name === requestsFamily ? countOf(numbers) : numbers[0]!];
    }
}

function* listShared(gauges: Gauges[string] = {}): Generator<Series> {
  for (const [labels, value] of Object.entries(gauges)) yield ["", labels, value];
}

function* listGauges(gauges: Gauges[string] = {}, worker: string): Generator<Series> {
  for (const [labels, value] of Object.entries(gauges)) yield ["", `${labels}${labels === "" ? "" : ","}${toLabels({ worker })}`, value];
}

/** A histogram is kept as its sum, and the number of values in each bucket; the format adds up the buckets. */
function* listBuckets(labels: string, [sum = 0, ...counts]: readonly number[]): Generator<Series> {
  let count = 0;
  for (const [index, own] of counts.entries()) {
    count += own;
    yield ["_bucket", `${labels},le="${toNumber(bucketSeconds[index] ?? Infinity)}"`, count];
  }
  yield ["_sum", labels, sum];
  yield ["_count", labels, count];
}

function countOf([, ...counts]: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

function toNumber(value: number): string {
  return value === Infinity ? "+Inf" : String(value);
}

function escapeLabel(value: string): string {
  return value.toWellFormed().replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

function escapeHelp(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}
