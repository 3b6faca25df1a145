/** Models whose rows belong to owners: nothing of one reaches another, on every database. */
import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { beforeEach, describe, it } from "node:test";
import { belongsTo, createDatabase, field as f, hasMany, manyToMany, Model, transaction, withoutScope } from "../../src/data.ts";
import { describeOnDatabases } from "./databases.ts";

const current = new AsyncLocalStorage<number>();
/** What the function of a scope throws. */
let broken: Error | undefined;
function readTeam(): number | undefined {
  if (broken !== undefined) throw broken;
  return current.getStore();
}
const as = <Result>(team: { readonly id: number }, work: () => Result): Result => current.run(team.id, work);

class Team extends Model("scope_teams", { id: f.id(), name: f.text({ max: 50 }), projects: () => hasMany(Project) }) {}
class Project extends Model(
  "scope_projects",
  {
    id: f.id(),
    slug: f.slug(),
    size: f.int({ default: 1 }),
    deletedAt: f.datetime({ null: true, editable: false }),
    team: () => belongsTo(Team, { onDelete: "cascade" }),
    jobs: () => hasMany(Job),
    labels: () => manyToMany(Label),
  },
  { scope: { team: () => current.getStore() }, uniques: [{ on: ["team", "slug"] }], orderBy: "id", softDelete: "deletedAt" },
) {}
class Job extends Model(
  "scope_jobs",
  { id: f.id(), name: f.text({ max: 50 }), teamNumber: f.int(), project: () => belongsTo(Project, { null: true, onDelete: "cascade" }) },
  { scope: { teamNumber: () => readTeam() }, orderBy: "id" },
) {}
class Label extends Model("scope_labels", { id: f.id(), name: f.text({ max: 50 }), projects: () => manyToMany(Project) }) {}

describeOnDatabases("scopes", [Team, Project, Job, Label], () => {
  let red: Team;
  let blue: Team;
  beforeEach(async () => {
    [red, blue] = (await Team.createMany([{ name: "red" }, { name: "blue" }])) as [Team, Team];
    for (const team of [red, blue])
      await as(team, async () => {
        const projects = await Project.createMany([{ slug: "one", size: team.id } as never, { slug: "two" } as never]);
        await Job.create({ name: `${team.name} job`, project: projects[0]! } as never);
      });
  });
  const slugs = async (): Promise<string[]> => Project.where().pluck("slug");

  it("only read and count rows of the current owner", async () => {
    await as(red, async () => {
      assert.deepEqual(
        (await Project.where()).map(({ teamId }) => teamId),
        [red.id, red.id],
      );
      assert.equal(await Project.count(), 2);
      assert.equal(await Project.where({ size: blue.id }).exists(), false);
      assert.deepEqual(await Project.aggregate((project) => ({ all: project.size.sum() })), { all: red.id + 1 });
      assert.deepEqual(
        await Project.where()
          .groupBy((project) => [project.teamId])
          .values((project) => ({ team: project.teamId, count: project.count() })),
        [{ team: red.id, count: 2 }],
      );
      assert.equal((await Project.orderBy("id").limit(1).where({ slug: "one" })).length, 1);
      assert.equal(
        await Project.where({ slug: "one" })
          .union(Project.where({ slug: "two" }))
          .count(),
        2,
      );
      assert.equal((await Project.orderBy("id").page({ size: 1 })).items[0]!.teamId, red.id);
      const seen: number[] = [];
      for await (const project of Project.where().stream({ batch: 1 })) seen.push(project.teamId);
      assert.deepEqual(seen, [red.id, red.id]);
      assert.equal(await Project.withDeleted().count(), 2);
    });
  });

  it("do not find rows of others by their keys", async () => {
    const [foreign] = await as(blue, () => Project.where().then((rows) => rows));
    await as(red, async () => {
      await assert.rejects(Project.get(foreign!.id), { code: "E_ROW_MISSING" });
      assert.equal(await Project.find(foreign!.id), undefined);
      assert.deepEqual(await Project.getMany([foreign!.id]), []);
      foreign!.size = 99;
      await assert.rejects(foreign!.save(), { code: "E_ROW_MISSING" });
      await assert.rejects(foreign!.delete(), { code: "E_ROW_MISSING" });
      await assert.rejects(foreign!.reload(), { code: "E_ROW_MISSING" });
    });
    assert.equal((await as(blue, () => Project.get(foreign!.id))).size, blue.id);
  });

  it("keep loaded relations apart if several owners share a row", async () => {
    const teams = await Team.orderBy("id");
    const lengths = (): Promise<number[]> => Promise.all(teams.map(async (team) => (await team.projects).length));
    const parts = (): Promise<number[]> => Promise.all(teams.map(async (team) => (await team.projects.where({ slug: "one" })).length));
    // One after the other: what one has loaded is not what another one sees.
    for (const [team, expected] of [[red, [2, 0]] as const, [blue, [0, 2]] as const, [red, [2, 0]] as const])
      assert.deepEqual(await as(team, lengths), expected);
    assert.deepEqual(await withoutScope("test", lengths), [2, 2]);
    await assert.rejects(lengths(), { code: "E_SCOPE_MISSING" });
    const failure = new Error("thrown by the test");
    broken = failure;
    await assert.rejects(lengths(), failure);
    broken = undefined;
    // At the same time: their wishes are not put together.
    const others = await Team.orderBy("id");
    const read = (): Promise<number[]> => Promise.all(others.map(async (team) => (await team.projects).length));
    assert.deepEqual(await Promise.all([as(red, read), as(blue, read), withoutScope("test", read)]), [
      [2, 0],
      [0, 2],
      [2, 2],
    ]);
    for (const [team, expected] of [[red, [1, 0]] as const, [blue, [0, 1]] as const]) assert.deepEqual(await as(team, parts), expected);
    // A change is seen by all of them.
    await as(red, async () => {
      await teams[0]!.projects.create({ slug: "three" } as never);
      assert.deepEqual(await lengths(), [3, 0]);
    });
    assert.deepEqual(await withoutScope("test", lengths), [3, 2]);
  });

  it("neither change nor create links to rows of others", async () => {
    const label = await Label.create({ name: "shared" });
    const of = (team: Team): Promise<number[]> => as(team, async () => Project.where().pluck("id"));
    const [mine, theirs] = [await of(red), await of(blue)];
    await as(red, () => label.projects.add(mine));
    await as(blue, () => label.projects.add(theirs));
    const links = (): Promise<number[]> => withoutScope("test", async () => Project.where({ labels: { some: {} } }).pluck("id"));
    const all = [...mine, ...theirs].sort((one, other) => one - other);
    assert.deepEqual(
      (await links()).sort((one, other) => one - other),
      all,
    );
    await as(red, async () => {
      await assert.rejects(label.projects.add([mine[0]!, theirs[0]!]), { code: "E_ROW_MISSING" });
      await assert.rejects(label.projects.set([theirs[0]!]), { code: "E_ROW_MISSING" });
      await label.projects.remove(theirs);
      await label.projects.set([mine[1]!]);
      assert.deepEqual(await label.projects.where().pluck("id"), [mine[1]!]);
      await label.projects.clear();
      assert.equal(await label.projects.count(), 0);
      await label.projects.add(mine[0]!);
    });
    assert.deepEqual(new Set(await links()), new Set([mine[0]!, ...theirs]));
    await withoutScope("test", () => label.projects.set([theirs[0]!]));
    assert.deepEqual(await links(), [theirs[0]!]);
    await withoutScope("test", () => label.projects.clear());
    assert.deepEqual(await links(), []);
  });

  it("apply to conditions on relations, to loaded relations, and to subqueries", async () => {
    await as(red, async () => {
      assert.deepEqual(
        (await Team.where({ projects: { some: { slug: "one" } } })).map(({ name }) => name),
        ["red"],
      );
      assert.deepEqual(
        (await Team.orderBy("id").annotate((team) => ({ count: team.projects.count() }))).map(({ count }) => count),
        [2, 0],
      );
      const teams = await Team.orderBy("id").with({ projects: true });
      assert.deepEqual(
        teams.map(({ projects }) => projects.length),
        [2, 0],
      );
      assert.deepEqual((await (await Team.get(blue.id)).projects).length, 0);
      assert.equal(await (await Team.get(blue.id)).projects.count(), 0);
      assert.deepEqual(await Team.where({ id: { in: Project.where().pluck("teamId") } }).pluck("name"), ["red"]);
      const [project] = await Project.where();
      assert.deepEqual(
        (await project!.jobs).map(({ name }) => name),
        ["red job"],
      );
      assert.deepEqual(await Team.where().select({ name: true, projects: { slug: true } }), [
        { name: "red", projects: [{ slug: "one" }, { slug: "two" }] },
        { name: "blue", projects: [] },
      ]);
    });
  });

  it("give new rows only to the current owner", async () => {
    await as(red, async () => {
      const project = await Project.create({ slug: "three" } as never);
      assert.equal(project.teamId, red.id);
      assert.equal((await Project.create({ slug: "four", team: red })).teamId, red.id);
      await assert.rejects(Project.create({ slug: "x", team: blue }), {
        code: "E_SCOPE_VALUE",
        message: "Project.teamId is set to an owner outside of the current scope.",
      });
      await assert.rejects(Project.createMany([{ slug: "x", team: blue }]), { code: "E_SCOPE_VALUE" });
      project.teamId = blue.id;
      await assert.rejects(project.save(), { code: "E_SCOPE_VALUE" });
      await assert.rejects(Project.all().update({ team: blue }), { code: "E_SCOPE_VALUE" });
      const label = await Label.create({ name: "new" });
      const made = await label.projects.create({ slug: "five" } as never);
      assert.equal(made.teamId, red.id);
    });
  });

  it("only change and delete rows of the current owner", async () => {
    await as(red, async () => {
      assert.equal(await Project.all().update({ size: 50 }), 2);
      assert.equal(await Project.where({ slug: "one" }).delete(), 1);
      assert.equal(await Project.all().restore(), 1);
      assert.equal(await Project.all().orderBy("id").limit(5).update({ size: 51 }), 2);
      assert.equal(await Job.where({ project: { slug: "one" } }).delete(), 1);
      assert.equal(await Project.all().purge(), 2);
    });
    await as(blue, async () => {
      assert.deepEqual(await slugs(), ["one", "two"]);
      assert.equal(await Job.count(), 1);
    });
  });

  it("are a part of the keys in upsert() and getOrCreate()", async () => {
    await as(red, async () => {
      const project = await Project.upsert({ where: { slug: "one" }, update: { size: 70 } } as never);
      assert.deepEqual([project.teamId, project.size], [red.id, 70]);
      assert.equal((await Project.getOrCreate({ slug: "two" } as never)).teamId, red.id);
      const made = await Project.createMany([{ slug: "one", size: 80 } as never, { slug: "new", size: 80 } as never], {
        onConflict: { target: ["slug"], update: ["size"] },
      });
      assert.deepEqual(
        made.map(({ teamId, size }) => [teamId, size]),
        [
          [red.id, 80],
          [red.id, 80],
        ],
      );
      // A key of all owners would lead to a row of another one.
      await assert.rejects(Project.upsert({ where: { id: 1 }, update: { size: 1 } } as never), { code: "E_KEY_NOT_UNIQUE" });
    });
    assert.equal(await as(blue, () => Project.where({ size: { gte: 70 } }).count()), 0);
  });

  it("read the owner when a query runs, not when it is created", async () => {
    const query = Project.where({ slug: "one" }).orderBy("id").limit(3);
    const filtered = query.where({ size: { gt: 0 } });
    const both = Project.where({ slug: "one" }).union(Project.where({ slug: "two" }));
    for (const team of [red, blue, red])
      await as(team, async () => {
        assert.deepEqual(await query.pluck("teamId"), [team.id]);
        assert.deepEqual(
          (await filtered).map(({ teamId }) => teamId),
          [team.id],
        );
        assert.deepEqual(
          (await both).map(({ teamId }) => teamId),
          [team.id, team.id],
        );
      });
  });

  it("fail without an owner, and can be left with a reason", async () => {
    await assert.rejects(async () => Project.where(), {
      code: "E_SCOPE_MISSING",
      message: "The value of the scope Project.team is missing: its function returned undefined.",
    });
    await assert.rejects(Project.create({ slug: "x", team: red }), { code: "E_SCOPE_MISSING" });
    await assert.rejects(Project.all().delete(), { code: "E_SCOPE_MISSING" });
    assert.equal(await withoutScope("a report about all teams", () => Project.count()), 4);
    await as(red, () =>
      withoutScope("moves a project", async () => {
        const [project] = await Project.where({ team: blue });
        await project!.set({ team: red, slug: "moved" }).save();
        assert.equal((await Project.upsert({ where: { team: blue, slug: "two" }, update: { size: 3 } })).size, 3);
        await transaction(async () => assert.equal(await Project.where({ team: red }).count(), 3));
      }),
    );
    assert.throws(() => withoutScope(" ", () => undefined), { code: "E_SCOPE_REASON" });
  });
});

describe("definitions of scopes", () => {
  it("are rejected if they are invalid", async () => {
    class Wrong extends Model(
      "scope_wrong",
      { id: f.id(), others: () => manyToMany(Wrong) },
      { scope: { others: () => 1, id: 5 as never } },
    ) {}
    await assert.rejects(createDatabase({ url: "sqlite::memory:", models: [Wrong], bind: false }), {
      message: /Wrong\.others: a scope is of a relation that another row holds .*Wrong\.id: the scope is 5/s,
    });
  });
});
