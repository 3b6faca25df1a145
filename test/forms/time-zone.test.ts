/** Forms over HTTP are shown and read in the time zone of the application: what is sent back unchanged is the same instant. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Application } from "gable";
import { gable, get, page, post } from "gable";
import { belongsTo, field as c, hasMany, Model } from "gable/data";
import { field as f, form, inlineSet, modelForm } from "gable/forms";
import type { SentFormOf } from "gable/forms";
import { createTestClient, testDatabase } from "gable/testing";
import { silentLogger } from "../silent-logger.ts";

class Meeting extends Model("zone_meetings", {
  id: c.id(),
  day: c.date(),
  opens: c.time(),
  starts: c.datetime(),
  breaks: () => hasMany(Break),
}) {}
class Break extends Model("zone_breaks", {
  id: c.id(),
  begins: c.datetime(),
  meeting: () => belongsTo(Meeting, { onDelete: "cascade" }),
}) {}

const summer = "2026-07-01T10:00:00.000Z";
const winter = "2026-01-15T23:30:00.000Z";
const zones: ReadonlyArray<readonly [timeZone: string | undefined, instant: string, shown: string]> = [
  [undefined, summer, "2026-07-01T10:00"],
  ["UTC", winter, "2026-01-15T23:30"],
  ["Europe/Vienna", summer, "2026-07-01T12:00"],
  ["Europe/Vienna", winter, "2026-01-16T00:30"],
  ["America/New_York", summer, "2026-07-01T06:00"],
  ["America/New_York", winter, "2026-01-15T18:30"],
  ["Asia/Kolkata", summer, "2026-07-01T15:30"],
  ["Asia/Kolkata", winter, "2026-01-16T05:00"],
];

const plain = form({
  day: f.date(),
  opens: f.time(),
  starts: f.datetime(),
  place: f.group({ from: f.datetime() }),
  breaks: f.set({ begins: f.datetime() }, { blankRows: 0 }),
});
const offered = form({ slots: f.set({ name: f.text({ optional: true }), from: f.datetime({ initial: new Date(summer) }) }) });
const late = form({ starts: f.datetime({ min: new Date("2030-01-01T00:00:00Z") }) });
const early = late.blank({ starts: new Date(summer) });
const recorded = { starts: f.datetime({ initial: new Date(summer) }) };
const meetingForm = modelForm(Meeting, {
  fields: ["day", "opens", "starts"],
  sets: { breaks: inlineSet(Break, { fields: ["begins"], blankRows: 0 }) },
});
function toData<Data>(sent: SentFormOf<Data>): Data {
  return sent.valid ? sent.data : assert.fail(JSON.stringify(sent.errors()));
}

const createApp = (timeZone: string | undefined, instant = summer): Application => {
  const at = new Date(instant);
  const initial = { day: "2026-07-01", opens: "09:30:00", starts: at, place: { from: at }, breaks: [{ begins: at }] };
  return gable({
    mode: "test",
    logger: silentLogger,
    ...(timeZone !== undefined && { timeZone }),
    database: "sqlite:var/never-opened.db",
    models: [Meeting, Break],
    routes: [
      get("/plain", () => page(plain.blank(initial).render({ action: "/plain" }))),
      post("/plain", { form: plain }, ({ form: sent }) => toData(sent)),
      get("/record", () => page(form(recorded).blank().render({ action: "/record" }))),
      post("/record", { form: recorded }, ({ form: sent }) => toData(sent)),
      get("/meetings/:id(int)", async ({ params }) => page((await meetingForm.from(await Meeting.get(params.id))).render())),
      post("/meetings/:id(int)", { form: meetingForm }, async ({ form: sent, params }) => {
        assert.ok(sent.valid && (await sent.saveTo(await Meeting.get(params.id))));
        return "saved";
      }),
      get("/early", () => page(early.render({ action: "/late" }))),
      get("/parsed", async () => toData(await plain.parse(initial))),
      get("/offered", () => page(offered.blank().render({ action: "/offered" }))),
      post("/offered", { form: offered }, ({ form: sent }) => ({ rows: toData(sent).slots.length })),
      post("/late", { form: late }, ({ form: sent }) => page(sent.render(), { status: sent.status })),
    ],
  });
};

for (const [timeZone, instant, shown] of zones)
  describe(`a form in the time zone ${timeZone ?? "by default"} at ${instant}`, () => {
    const app = createApp(timeZone, instant);
    testDatabase(app);
    const client = createTestClient(app);
    const whole = { day: "2026-07-01", opens: "09:30:00", starts: instant, place: { from: instant }, breaks: [{ begins: instant }] };

    it("shows an instant in the zone, and reads the same one when it is sent unchanged", async () => {
      const reply = await client.get("/plain");
      for (const name of ["starts", "place.from", "breaks.0.begins"])
        assert.match(reply.body, new RegExp(`name="${name.replaceAll(".", "\\.")}"[^>]* value="${shown}"`));
      assert.match(reply.body, /name="day"[^>]* value="2026-07-01"/);
      assert.match(reply.body, /name="opens"[^>]* value="09:30"/);
      assert.deepEqual((await reply.form("post").submit()).json(), whole);
    });

    it("agrees for a record of fields", async () => {
      assert.deepEqual((await (await client.get("/record")).form("post").submit()).json(), { starts: summer });
    });

    it("agrees for a model form and the rows of its sets", async () => {
      const meeting = await Meeting.create({ day: "2026-07-01", opens: "09:30:00", starts: new Date(instant) });
      await Break.create({ begins: new Date(instant), meeting });
      const reply = await client.get(`/meetings/${meeting.id}`);
      assert.match(reply.body, new RegExp(`name="starts"[^>]* value="${shown}"`));
      assert.equal((await reply.form("post").submit()).body, "saved");
      const stored = await Meeting.get(meeting.id);
      assert.deepEqual([stored.day, stored.opens, stored.starts.toISOString()], ["2026-07-01", "09:30:00", instant]);
      assert.deepEqual(
        (await Break.where()).map(({ begins }) => begins.toISOString()),
        [instant],
      );
    });

    it("shows a form that was made before the application in the same zone", async () => {
      const { body } = await client.get("/early");
      assert.equal(
        /name="starts"[^>]* value="([^"]*)"/.exec(body)?.[1],
        zones.find((row) => row[0] === timeZone && row[1] === summer)?.[2] ?? "2026-07-01T10:00",
      );
    });

    it("leaves out a row that only shows its initial instant", async () => {
      assert.deepEqual((await (await client.get("/offered")).form("post").submit()).json(), { rows: 0 });
    });

    it("keeps the instants of a program", async () => assert.deepEqual((await client.get("/parsed")).json(), whole));
  });

// Times that a clock shows twice, and the first and the last ones, which are in other years there.
for (const [timeZone, instant] of [
  ["Europe/Berlin", "2026-10-25T00:30:00.000Z"],
  ["Europe/Berlin", "2026-10-25T01:30:00.000Z"],
  ["Europe/Berlin", "2026-10-25T01:30:12.345Z"],
  ["Europe/Berlin", "9999-12-31T23:59:00.000Z"],
  ["Europe/Berlin", "9999-12-31T23:59:59.999Z"],
  ["America/New_York", "0001-01-01T00:00:00.000Z"],
] as const)
  describe(`a model form of ${instant} in ${timeZone}`, () => {
    const app = createApp(timeZone);
    testDatabase(app);
    const client = createTestClient(app);
    const create = async (): Promise<Meeting> => {
      const meeting = await Meeting.create({ day: "2026-07-01", opens: "09:30:00", starts: new Date(instant) });
      await Break.create({ begins: new Date(instant), meeting });
      return meeting;
    };

    it("keeps datetimes that are sent unchanged, also in the rows of a set", async () => {
      const { id } = await create();
      const reply = await client.get(`/meetings/${id}`);
      assert.equal((await reply.form("post").fill({ day: "2026-07-02" }).submit()).body, "saved");
      const stored = await Meeting.get(id);
      assert.deepEqual([stored.day, stored.starts.toISOString()], ["2026-07-02", instant]);
      assert.deepEqual(
        (await Break.where()).map(({ begins }) => begins.toISOString()),
        [instant],
      );
    });

    it("stores another time, and one with an offset", async () => {
      const { id } = await create();
      for (const [typed, expected] of [
        ["2026-10-25T12:00", timeZone === "Europe/Berlin" ? "2026-10-25T11:00:00.000Z" : "2026-10-25T16:00:00.000Z"],
        ["2026-10-25T02:30+02:00", "2026-10-25T00:30:00.000Z"],
        ["2026-10-25T02:30+01:00", "2026-10-25T01:30:00.000Z"],
      ] as const) {
        const reply = await client.post(`/meetings/${id}`, { form: { day: "2026-07-01", opens: "09:30", starts: typed } });
        assert.equal(reply.body, "saved");
        assert.equal((await Meeting.get(id)).starts.toISOString(), expected);
      }
    });
  });

describe("the time zone of forms", () => {
  const post_ = (app: Application) =>
    createTestClient(app).post("/late", { form: { starts: "2026-01-01T00:00" }, headers: { accept: "text/html" } });

  it("shows limits and what was typed in the zone of the application", async () => {
    const app = createApp("Europe/Vienna");
    const { body, status } = await post_(app);
    await app.close();
    assert.equal(status, 422);
    assert.match(body, /value="2026-01-01T00:00" min="2030-01-01T01:00"/);
    assert.match(body, /2030-01-01 01:00/);
  });

  it("is that of each application, when several run in one process", async () => {
    const apps = [createApp("Europe/Vienna"), createApp("Asia/Kolkata"), createApp(undefined)] as const;
    for (const app of apps) await app.start();
    const bodies = await Promise.all(apps.map(async (app) => (await createTestClient(app).get("/plain")).body));
    for (const app of apps) await app.close();
    const shown = bodies.map((body) => /name="starts"[^>]* value="([^"]*)"/.exec(body)?.[1]);
    assert.deepEqual(shown, ["2026-07-01T12:00", "2026-07-01T15:30", "2026-07-01T10:00"]);
  });

  it("is that of the running application outside of requests, and UTC without one", async () => {
    const shown = (): string => form(recorded).blank().value("starts");
    const app = createApp("Europe/Vienna");
    assert.equal(shown(), "2026-07-01T10:00");
    await app.start();
    assert.equal(shown(), "2026-07-01T12:00");
    await app.close();
    assert.equal(shown(), "2026-07-01T10:00");
  });

  it("keeps both instants that one local time stands for, when a program sends them", async () => {
    for (const starts of [new Date("2026-10-25T00:30:00Z"), new Date("2026-10-25T01:30:00Z")]) {
      const sent = await form({ starts: f.datetime() }).parse({ starts }, { timeZone: "Europe/Vienna" });
      assert.deepEqual(toData(sent), { starts });
    }
  });
});
