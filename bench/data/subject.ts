/** One subject in a process of its own: CPU time of each operation, or what it reads. */
import type { Subject } from "./fixture.ts";
import { bookCount } from "./fixture.ts";

const [name, url, seconds] = process.argv.slice(2) as [string, string, string];
const { open } = (await import(`./subjects/${name}.ts`)) as { open: (url: string) => Promise<Subject> };
const subject = await open(url);

const idsOf = (number: number): number[] => Array.from({ length: 20 }, (_, index) => ((number * 7 + index * 131) % bookCount) + 1);
const tests: Readonly<Record<string, (number: number) => Promise<unknown>>> = {
  get: (number) => subject.get((number % bookCount) + 1),
  twenty: (number) => subject.twenty(idsOf(number)),
  list: () => subject.list(),
  aggregate: () => subject.aggregate(),
  update: (number) => subject.update(idsOf(number), number % 1_000),
  insert: (number) => subject.insert(`Visitor ${number}`),
  many: (number) => subject.insertMany(Array.from({ length: 1_000 }, (_, index) => `Visitor ${number} ${index}`)),
};

/** The least CPU time of an operation, in microseconds, of several rounds. */
async function measure(work: (number: number) => Promise<unknown>, ms: number): Promise<number> {
  const rounds = 5;
  let number = 0;
  const warm = performance.now() + ms / 2;
  while (performance.now() < warm) await work(number++);
  let best = Infinity;
  for (let round = 0; round < rounds; round++) {
    const before = process.cpuUsage();
    const until = performance.now() + ms / rounds;
    let count = 0;
    while (performance.now() < until) {
      await work(number++);
      count++;
    }
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / count);
  }
  return best;
}

if (Number(seconds) === 0) {
  const output = {
    get: await subject.get(5),
    twenty: await subject.twenty(idsOf(3)),
    list: await subject.list(),
    aggregate: await subject.aggregate(),
  };
  console.log(JSON.stringify(output));
} else {
  const times: Record<string, number> = {};
  for (const [test, work] of Object.entries(tests)) times[test] = await measure(work, Number(seconds) * 1_000);
  console.log(JSON.stringify(times));
}
await subject.close();
