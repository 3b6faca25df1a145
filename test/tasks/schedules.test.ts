/** Schedules: cron expressions, time zones, clocks that change, and several processes. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, beforeEach, describe, it } from "node:test";
import type { Application } from "gable";
import { gable } from "gable";
import { field as f } from "gable/data";
import type { MemoryTaskQueue, Schedule, ScheduleTimes, TaskQueue } from "gable/tasks";
import { databaseTasks, memoryTasks, schedule, task, taskModel, tasksPart } from "gable/tasks";
import { Scheduler } from "../../src/tasks/scheduler.ts";
import { databaseKinds } from "../data/databases.ts";
import { silentLogger } from "../silent-logger.ts";

const report = task("report", {}, () => undefined);
const mail = task("mail", { input: { to: f.text({ max: 10 }) }, queue: "mail", priority: 5 }, () => undefined);
const at = (text: string): number => new Date(text).getTime();

async function withSchedules(schedules: readonly Schedule[], work: (app: Application) => Promise<void> | void): Promise<void> {
  const app = gable({ mode: "test", logger: silentLogger, tasks: [report, mail, ...schedules] });
  await app.start();
  try {
    await work(app);
  } finally {
    await app.close();
  }
}

describe("next times of a schedule", () => {
  /** Expression, zone, the time before, and the next times in UTC. */
  const rows: ReadonlyArray<readonly [expression: string, timeZone: string, from: string, next: readonly string[]]> = [
    ["0 3 * * *", "UTC", "2026-01-01T03:00Z", ["2026-01-02T03:00Z", "2026-01-03T03:00Z"]],
    ["0 3 * * *", "UTC", "2026-01-01T02:59:59.999Z", ["2026-01-01T03:00Z"]],
    ["0 3 * * *", "Europe/Berlin", "2026-01-01T00:00Z", ["2026-01-01T02:00Z"]],
    ["0 3 * * *", "Europe/Berlin", "2026-07-01T00:00Z", ["2026-07-01T01:00Z"]],
    ["0 3 * * *", "Asia/Kolkata", "2026-07-01T00:00Z", ["2026-07-01T21:30Z"]],
    ["*/20 8-9 * * *", "UTC", "2026-01-01T08:39Z", ["2026-01-01T08:40Z", "2026-01-01T09:00Z", "2026-01-01T09:20Z"]],
    ["5,35 0 * * *", "UTC", "2026-01-01T00:10Z", ["2026-01-01T00:35Z", "2026-01-02T00:05Z"]],
    ["10-40/15 0 * * *", "UTC", "2026-01-01T00:00Z", ["2026-01-01T00:10Z", "2026-01-01T00:25Z", "2026-01-01T00:40Z"]],
    ["0 0 31 * *", "UTC", "2026-01-31T00:00Z", ["2026-03-31T00:00Z", "2026-05-31T00:00Z"]],
    ["0 0 29 2 *", "UTC", "2096-03-01T00:00Z", ["2104-02-29T00:00Z"]],
    ["0 0 * FEB Mon-wed", "UTC", "2026-02-03T12:00Z", ["2026-02-04T00:00Z", "2026-02-09T00:00Z"]],
    ["0 0 * * 7", "UTC", "2026-01-01T00:00Z", ["2026-01-04T00:00Z"]],
    ["0 0 * * 5-7", "UTC", "2026-01-01T00:00Z", ["2026-01-02T00:00Z", "2026-01-03T00:00Z", "2026-01-04T00:00Z"]],
    // Both days are limited: one of them is enough.
    ["0 0 13 * 5", "UTC", "2026-01-01T00:00Z", ["2026-01-02T00:00Z", "2026-01-09T00:00Z", "2026-01-13T00:00Z"]],
    // A star with a step limits nothing in this sense: both must match.
    ["0 0 */2 * 1", "UTC", "2026-01-01T00:00Z", ["2026-01-05T00:00Z", "2026-01-19T00:00Z"]],
    ["@hourly", "UTC", "2026-01-01T00:00Z", ["2026-01-01T01:00Z"]],
    ["@daily", "UTC", "2026-01-01T00:00Z", ["2026-01-02T00:00Z"]],
    ["@midnight", "UTC", "2026-01-01T00:00Z", ["2026-01-02T00:00Z"]],
    ["@weekly", "UTC", "2026-01-01T00:00Z", ["2026-01-04T00:00Z"]],
    ["@Monthly", "UTC", "2026-01-01T00:00Z", ["2026-02-01T00:00Z"]],
    ["@yearly", "UTC", "2026-01-01T00:00Z", ["2027-01-01T00:00Z"]],
    ["@annually", "UTC", "2026-01-01T00:00Z", ["2027-01-01T00:00Z"]],
    // The clocks of Berlin skip 02:00 to 02:59 on March 29: what was due then runs at 03:00, once.
    ["30 2 * * *", "Europe/Berlin", "2026-03-28T12:00Z", ["2026-03-29T01:00Z", "2026-03-30T00:30Z"]],
    [
      "*/30 1-3 * * *",
      "Europe/Berlin",
      "2026-03-29T00:00Z",
      ["2026-03-29T00:30Z", "2026-03-29T01:00Z", "2026-03-29T01:30Z", "2026-03-29T23:00Z"],
    ],
    ["0 3 * * *", "Europe/Berlin", "2026-03-28T12:00Z", ["2026-03-29T01:00Z", "2026-03-30T01:00Z"]],
    // They show 02:00 to 02:59 twice on October 25: the first time counts.
    ["30 2 * * *", "Europe/Berlin", "2026-10-24T12:00Z", ["2026-10-25T00:30Z", "2026-10-26T01:30Z"]],
    ["30 2 * * *", "Europe/Berlin", "2026-10-25T00:31Z", ["2026-10-26T01:30Z"]],
    ["30 2 * * *", "Europe/Berlin", "2026-10-25T01:10Z", ["2026-10-26T01:30Z"]],
    ["0 * * * *", "Europe/Berlin", "2026-10-24T23:30Z", ["2026-10-25T00:00Z", "2026-10-25T02:00Z"]],
    // New York, and a half hour on Lord Howe Island.
    ["30 2 * * *", "America/New_York", "2026-03-07T12:00Z", ["2026-03-08T07:00Z", "2026-03-09T06:30Z"]],
    ["30 1 * * *", "America/New_York", "2026-10-31T12:00Z", ["2026-11-01T05:30Z", "2026-11-02T06:30Z"]],
    ["15 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00Z", ["2026-10-03T15:30Z", "2026-10-04T15:15Z"]],
    // Samoa left out December 30, 2011.
    ["0 12 30 12 *", "Pacific/Apia", "2011-12-01T00:00Z", ["2011-12-30T10:00Z", "2012-12-29T22:00Z"]],
  ];
  for (const [expression, timeZone, from, next] of rows)
    it(`are right for ${expression} in ${timeZone} after ${from}`, () =>
      withSchedules([schedule("one", expression, report, { timeZone })], (app) => {
        const [listed] = app.part(tasksPart).schedules(next.length, at(from));
        assert.deepEqual(
          listed!.next.map((time) => new Date(time).toISOString()),
          next.map((time) => new Date(time).toISOString()),
        );
      }));
});

describe("schedule()", () => {
  const wrong: ReadonlyArray<readonly [expression: unknown, reason: RegExp]> = [
    ["", /it has 0 fields instead of five/],
    ["* * * *", /it has 4 fields instead of five: minute, hour, day of the month, month, weekday/],
    ["0 0 3 * * *", /it has 6 fields/],
    ["60 * * * *", /the minute is 60; it must be from 0 to 59/],
    ["* 24 * * *", /the hour is 24; it must be from 0 to 23/],
    ["* * 0 * *", /the day of the month is 0; it must be from 1 to 31/],
    ["* * 32 * *", /the day of the month is 32/],
    ["* * * 13 *", /the month is 13; it must be from 1 to 12 or jan, feb/],
    ["* * * mon *", /the month is mon/],
    ["* * * * 8", /the weekday is 8; it must be from 0 to 7 or sun, mon/],
    ["* * * * funday", /the weekday is funday/],
    ["-1 * * * *", /the minute "-1" is neither a value/],
    ["1.5 * * * *", /the minute "1.5" is neither a value/],
    ["1,,2 * * * *", /the minute "" is neither a value/],
    ["* * L * *", /the day of the month is L/],
    ["* * ? * *", /the day of the month "\?" is neither a value/],
    ["5/10 * * * *", /has a step without a range: write "5-59\/10"/],
    ["*/0 * * * *", /the step of the minute is 0; it must be from 1 to 59/],
    ["*/60 * * * *", /the step of the minute is 60/],
    ["* 22-4 * * *", /the hour "22-4" runs backwards/],
    ["0 0 30 2 *", /it matches no day of any year/],
    ["@reboot", /the shortcuts are @hourly, @daily/],
    [7, /it must be a string/],
  ];
  for (const [expression, reason] of wrong)
    it(`refuses ${JSON.stringify(expression)}`, () =>
      assert.throws(() => schedule("nightly", expression as string, report), { code: "E_SCHEDULE_CRON", message: reason }));

  it("names the schedule and the expression in its errors", () =>
    assert.throws(() => schedule("nightly", "61 3 * * *", report), {
      message: 'schedule("nightly"): the cron expression "61 3 * * *" cannot be used: the minute is 61; it must be from 0 to 59.',
    }));

  it("refuses other mistakes", async () => {
    for (const [options, message] of [
      [{ timeZone: "Europe/Atlantis" }, /"timeZone" is "Europe\/Atlantis"/],
      [{ timeZone: 1 }, /"timeZone" is 1/],
      [{ catchUp: "yes" }, /"catchUp" is "yes"/],
      [{ zone: "UTC" }, /no option "zone"/],
    ] as const)
      assert.throws(() => schedule("nightly", "@daily", report, options as ScheduleTimes), { message });
    assert.throws(() => schedule("a b", "@daily", report), { message: /"name" is "a b"/ });
    assert.throws(() => schedule("nightly", "@daily", "report" as never), { message: /"task" is "report"/ });
    // @ts-expect-error the task needs an input
    const withoutInput = schedule("nightly", "@daily", mail);
    await assert.rejects(
      withSchedules([withoutInput], () => undefined),
      { code: "E_TASK_INPUT" },
    );
    const tooLong = schedule("nightly", "@daily", mail, { input: { to: "12345678901" } });
    await assert.rejects(
      withSchedules([tooLong], () => undefined),
      { code: "E_TASK_INPUT" },
    );
  });

  it("is refused by gable() with the name of another one, and without its task", () => {
    const [one, two] = [schedule("one", "@daily", report), schedule("one", "@weekly", report)];
    assert.throws(() => gable({ mode: "test", tasks: [report, one, two] }), {
      code: "E_SCHEDULE_DUPLICATE",
      message: /Two schedules are named "one": .*schedules\.test\.ts/,
    });
    assert.throws(() => gable({ mode: "test", tasks: { tasks: { one } } }), {
      code: "E_TASK_UNKNOWN",
      message: 'The schedule "one" enqueues the task "report", which the application does not have.',
    });
  });
});

/** A scheduler whose clock a test sets. */
class Trial {
  readonly queue: TaskQueue;
  readonly scheduler: Scheduler;
  now: number;

  constructor(queue: TaskQueue, now: number, ...schedules: readonly Schedule[]) {
    this.queue = queue;
    this.now = now;
    const settings = { queue, schedules, logger: silentLogger, lookMs: 1_000_000, onAdded: () => undefined };
    this.scheduler = new Scheduler({ ...settings, now: () => this.now });
  }

  look(now: number): Promise<void> {
    this.now = now;
    return this.scheduler.look();
  }
}

const minuteMs = 60_000;
const dayMs = 86_400_000;
const tick = at("2026-01-05T03:00Z");
const timesOf = ({ tasks }: MemoryTaskQueue): number[] => tasks.map(({ dueAt }) => dueAt);

describe("a scheduler", () => {
  /** When the process first looks, from the tick on, and whether the task is enqueued. */
  const rows: ReadonlyArray<readonly [title: string, lateMs: number, catchUp: boolean, isEnqueued: boolean]> = [
    ["before its time", -1, false, false],
    ["to the millisecond", 0, false, true],
    ["a minute late", minuteMs, false, true],
    ["more than a minute late", minuteMs + 1, false, false],
    ["more than a minute late, with catchUp", minuteMs + 1, true, true],
    ["six days late, with catchUp", 6 * dayMs, true, true],
    ["more than six days late, with catchUp", 6 * dayMs + 1, true, false],
  ];
  for (const [title, lateMs, catchUp, isEnqueued] of rows)
    it(`${isEnqueued ? "enqueues" : "does not enqueue"} ${title}`, async () => {
      const queue = memoryTasks();
      await new Trial(queue, 0, schedule("yearly", "0 3 5 1 *", report, { catchUp })).look(tick + lateMs);
      assert.deepEqual(timesOf(queue), isEnqueued ? [tick] : []);
    });

  it("enqueues the task with its input, queue and priority", async () => {
    const queue = memoryTasks();
    await new Trial(queue, 0, schedule("mails", "0 3 * * *", mail, { input: { to: "ann" } })).look(tick);
    const [{ name, input, queue: queueName, priority }] = queue.tasks as [(typeof queue.tasks)[0]];
    assert.deepEqual([name, input, queueName, priority], ["mail", '{"to":"ann"}', "mail", 5]);
  });

  it("makes up for the last of many missed times only", async () => {
    const queue = memoryTasks();
    await new Trial(queue, 0, schedule("often", "*/5 * * * *", report, { catchUp: true })).look(tick + 2 * minuteMs);
    assert.deepEqual(timesOf(queue), [tick]);
  });

  it("enqueues each time once, whatever the clock does", async () => {
    const queue = memoryTasks();
    const trial = new Trial(queue, tick, schedule("often", "*/10 * * * *", report));
    const hour = 60 * minuteMs;
    // Forward by an hour, back, and on.
    for (const offset of [0, 1_000, hour, hour + 1_000, 2_000, 10 * minuteMs, hour, hour + 10 * minuteMs]) await trial.look(tick + offset);
    assert.deepEqual(
      timesOf(queue).toSorted((one, other) => one - other),
      [0, 10 * minuteMs, hour, hour + 10 * minuteMs].map((offset) => tick + offset),
    );
  });

  it("tries again when the queue fails", async () => {
    const queue = memoryTasks();
    const { add } = queue;
    let failures = 2;
    queue.add = async (tasks) => {
      if (failures-- > 0) throw new Error("no connection");
      return add.call(queue, tasks);
    };
    const trial = new Trial(queue, tick, schedule("daily", "0 3 * * *", report));
    for (const offset of [0, 1_000, 2_000, 3_000]) await trial.look(tick + offset);
    assert.deepEqual(timesOf(queue), [tick]);
  });

  it("runs with the worker of an application, and ends with it", async () => {
    const queue = memoryTasks();
    const due = schedule("often", "* * * * *", report);
    const app = gable({ mode: "development", logger: silentLogger, tasks: { tasks: [report, due], queue } });
    await app.start();
    for (let round = 0; round < 500 && queue.tasks[0]?.state !== "done"; round++) await sleep(10);
    await app.close();
    assert.equal(queue.tasks[0]!.state, "done");
  });
});

for (const { name, skip, place } of databaseKinds)
  describe(`schedulers of several processes on ${name}`, { skip }, () => {
    const TaskRow = taskModel();
    let app: Application;
    let placed: Awaited<ReturnType<typeof place>>;
    before(async () => {
      placed = await place();
      app = gable({
        mode: "test",
        logger: silentLogger,
        database: placed.url,
        models: [TaskRow],
        tasks: { tasks: [report], queue: "database", run: "elsewhere" },
      });
      await app.start();
      await app.database().createTables();
    });
    after(async () => {
      await app.close();
      await placed.remove();
    });
    beforeEach(() => TaskRow.all().delete());

    it("enqueue each of 100 times once, also when their clocks differ and some of them start late", async () => {
      const queue = databaseTasks(app.database(), TaskRow);
      const definition = schedule("often", "* * * * *", report, { timeZone: "Europe/Berlin" });
      const create = (): Trial => new Trial(queue, tick, definition);
      const trials = [create(), create(), create(), create()];
      for (let minute = 0; minute < 100; minute++) {
        // One dies and is replaced by one that knows nothing.
        trials[minute % trials.length] = create();
        await Promise.all(trials.map((trial, index) => trial.look(tick + minute * minuteMs + index * 10_000)));
        if (minute % 10 === 0) await app.part(tasksPart).runAll({ now: () => tick + minute * minuteMs });
      }
      const times = (await TaskRow.orderBy("dueAt")).map(({ dueAt }) => (dueAt.getTime() - tick) / minuteMs);
      assert.deepEqual(
        times,
        Array.from({ length: 100 }, (_, minute) => minute),
      );
    });
  });
