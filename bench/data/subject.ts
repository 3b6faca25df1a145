/** One subject in a separate process: CPU time and latency of each operation; or what it reads; or how many statements it sends. */
import type { Subject } from "./fixture.ts";
import { bookCount } from "./fixture.ts";
import { countStatements } from "./statement-counter.ts";

/** What is measured of one operation. */
export interface Measured {
  /** Least CPU time of the process, in microseconds. */
  readonly cpuUs: number;
  /** Median of the time until the result is there, in microseconds. */
  readonly timeUs: number;
}

// What is wanted: "read", "count", or seconds of measuring.
const [name, url, wanted] = process.argv.slice(2) as [string, string, string];
const { open } = (await import(`./subjects/${name}.ts`)) as { open: (url: string) => Promise<Subject> };

const idsOf = (number: number): number[] => Array.from({ length: 20 }, (_, index) => ((number * 7 + index * 131) % bookCount) + 1);
const tests: Readonly<Record<string, (subject: Subject, number: number) => Promise<unknown>>> = {
  get: (subject, number) => subject.get((number % bookCount) + 1),
  twenty: (subject, number) => subject.twenty(idsOf(number)),
  list: (subject) => subject.list(),
  aggregate: (subject) => subject.aggregate(),
  update: (subject, number) => subject.update(idsOf(number), number % 1_000),
  insert: (subject, number) => subject.insert(`Visitor ${number}`),
  many: (subject, number) => subject.insertMany(Array.from({ length: 1_000 }, (_, index) => `Visitor ${number} ${index}`)),
};

async function measure(work: (number: number) => Promise<unknown>, ms: number): Promise<Measured> {
  const rounds = 5;
  let number = 0;
  const warm = performance.now() + ms / 2;
  while (performance.now() < warm) await work(number++);
  let cpuUs = Infinity;
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const before = process.cpuUsage();
    const until = performance.now() + ms / rounds;
    let count = 0;
    for (let start = performance.now(); start < until; count++) {
      await work(number++);
      const end = performance.now();
      times.push((end - start) * 1_000);
      start = end;
    }
    const { user, system } = process.cpuUsage(before);
    cpuUs = Math.min(cpuUs, (user + system) / count);
  }
  times.sort((a, b) => a - b);
  return { cpuUs, timeUs: times[times.length >> 1]! };
}

async function read(): Promise<unknown> {
  const subject = await open(url);
  const all = {
    get: await subject.get(5),
    twenty: await subject.twenty(idsOf(3)),
    list: await subject.list(),
    aggregate: await subject.aggregate(),
  };
  await subject.close();
  return all;
}

/** The number of statements of each operation after the first, on PostgreSQL. */
async function count(): Promise<Record<string, number>> {
  const counter = await countStatements(url);
  const subject = await open(counter.url);
  const statements: Record<string, number> = {};
  for (const [test, work] of Object.entries(tests)) {
    await work(subject, 1);
    const before = counter.count();
    await work(subject, 2);
    statements[test] = counter.count() - before;
  }
  await subject.close();
  counter.close();
  return statements;
}

async function measureAll(): Promise<Record<string, Measured>> {
  const subject = await open(url);
  const measured: Record<string, Measured> = {};
  for (const [test, work] of Object.entries(tests))
    measured[test] = await measure((number) => work(subject, number), Number(wanted) * 1_000);
  await subject.close();
  return measured;
}

console.log(JSON.stringify(await (wanted === "read" ? read() : wanted === "count" ? count() : measureAll())));
