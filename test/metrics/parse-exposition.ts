/** A strict reader of the text format of Prometheus, version 0.0.4: it rejects what a scraper may reject. */
import assert from "node:assert/strict";

/** One line with a value. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A family with its lines. */
export interface ParsedFamily {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: Sample[];
}

/** The families of a reply. */
export class Exposition {
  readonly families: ReadonlyMap<string, ParsedFamily>;

  constructor(families: ReadonlyMap<string, ParsedFamily>) {
    this.families = families;
  }

  /** Returns the samples of a name whose labels have these values. */
  find(name: string, labels: Readonly<Record<string, string>> = {}): Sample[] {
    const family = this.families.get(name) ?? this.families.get(name.replace(/_(?:bucket|sum|count)$/, ""));
    return (family?.samples ?? []).filter(
      (sample) => sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
    );
  }

  /** Returns the sum of the samples of a name whose labels have these values. */
  sum(name: string, labels: Readonly<Record<string, string>> = {}): number {
    return this.find(name, labels).reduce((sum, { value }) => sum + value, 0);
  }
}

const nameForm = /^[a-zA-Z_:][a-zA-Z0-9_:]*/;
const valueForm = /^[+-]?(?:[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?|Inf)$|^NaN$/;

/** Reads a reply. Fails on everything that the format does not allow. */
export function parseExposition(text: string): Exposition {
  assert.ok(text.endsWith("\n"), "the last line has no end");
  assert.doesNotMatch(text, /\r|\n\n/);
  const families = new Map<string, ParsedFamily>();
  const lines = text.slice(0, -1).split("\n");
  let current: ParsedFamily | undefined;
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index]!;
    if (line.startsWith("# HELP ")) {
      const [, name, help] = /^# HELP ([^ ]+) ((?:[^\\]|\\\\|\\n)*)$/.exec(line) ?? assert.fail(`not a help: ${line}`);
      const [, typed, type] = /^# TYPE ([^ ]+) (counter|gauge|histogram)$/.exec(lines[++index]!) ?? assert.fail(`no type after: ${line}`);
      assert.equal(typed, name);
      assert.ok(!families.has(name!), `the family ${name} comes twice`);
      current = { name: name!, type: type!, help: help!, samples: [] };
      families.set(name!, current);
    } else {
      const sample = parseSample(line);
      assert.ok(current !== undefined && belongsTo(sample, current), `${line} belongs to no family`);
      current.samples.push(sample);
    }
  }
  for (const family of families.values()) assertFamily(family);
  return new Exposition(families);
}

function belongsTo({ name }: Sample, family: ParsedFamily): boolean {
  const suffixes = family.type === "histogram" ? ["_bucket", "_sum", "_count"] : [""];
  return suffixes.some((suffix) => name === family.name + suffix);
}

function parseSample(line: string): Sample {
  const name = nameForm.exec(line)?.[0] ?? assert.fail(`no name: ${line}`);
  let rest = line.slice(name.length);
  const labels: Record<string, string> = {};
  if (rest.startsWith("{")) {
    rest = rest.slice(1);
    while (!rest.startsWith("}")) {
      const [whole, label, value] =
        /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,(?=[a-zA-Z_])|(?=\}))/.exec(rest) ?? assert.fail(`not a label: ${line}`);
      assert.ok(!Object.hasOwn(labels, label!), `the label ${label} comes twice: ${line}`);
      labels[label!] = value!.replaceAll(/\\(.)/g, (_, letter: string) => (letter === "n" ? "\n" : letter));
      rest = rest.slice(whole.length);
    }
    rest = rest.slice(1);
  }
  const value = rest.slice(1);
  assert.ok(rest.startsWith(" ") && valueForm.test(value), `not a value: ${line}`);
  return { name, labels, value: value.endsWith("Inf") ? Number(`${value}inity`) : Number(value) };
}

function assertFamily({ name, type, samples }: ParsedFamily): void {
  assert.ok(samples.length > 0, `the family ${name} is empty`);
  const keys = samples.map((sample) => JSON.stringify([sample.name, Object.entries(sample.labels).toSorted()]));
  assert.equal(new Set(keys).size, keys.length, `the family ${name} has a series twice`);
  if (type !== "gauge") for (const { value } of samples) assert.ok(value >= 0, `${name} is below 0`);
  if (type === "counter") assert.match(name, /_total$/);
  else assert.doesNotMatch(name, /_total$/);
  if (type !== "histogram") return;
  const groups = Map.groupBy(samples, ({ labels }) => JSON.stringify({ ...labels, le: undefined }));
  for (const group of groups.values()) {
    const buckets = group.filter((sample) => sample.name === `${name}_bucket`);
    const bounds = buckets.map(({ labels }) => (labels["le"] === "+Inf" ? Infinity : Number(labels["le"])));
    assert.deepEqual(
      bounds,
      bounds.toSorted((one, other) => one - other),
    );
    assert.equal(bounds.at(-1), Infinity);
    const counts = buckets.map(({ value }) => value);
    assert.deepEqual(
      counts,
      counts.toSorted((one, other) => one - other),
      "buckets add up those before",
    );
    const [count, ...more] = group.filter((sample) => sample.name === `${name}_count`);
    assert.deepEqual([count?.value, more.length], [counts.at(-1), 0]);
    assert.equal(group.filter((sample) => sample.name === `${name}_sum`).length, 1);
  }
}
