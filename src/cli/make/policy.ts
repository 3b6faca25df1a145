/** `make policy`: what users may do with each record of a model. */
import type { ModelClass } from "gable/data";
import type { Names } from "./names.ts";
import type { Line, MakePlan } from "./plan.ts";

/** What the generator knows of the accounts. */
export interface AccountFacts {
  /** The model of users. */
  readonly user: ModelClass;
  /** Where the code calls defineAccounts(), as far as is known. */
  readonly file: string;
}

/** Writes a policy. The user of the first relation to the users owns a record; without one, only staff may change records. */
export function makePolicy(names: Names, model: ModelClass, source: string, { user, file }: AccountFacts): MakePlan {
  const { camel, pascal, kebab, kebabPlural: folder, title } = names;
  const owner = [...model.$meta.relations.values()].find(({ kind, target }) => kind === "belongsTo" && target === user);
  const key = owner?.fields[0];
  const [may, record] = key === undefined ? ["user?.isStaff === true", ""] : [`(user !== null && record.${key} === user.id)`, ", record"];
  const who = key === undefined ? "the staff" : `its ${owner!.label.toLowerCase()}`;
  const rule = `({ user${record} }) => ${may} || "Only ${who} may`;
  const policy = `import { policy } from "gable/auth";
import { ${pascal} } from "${source}";

/** What users may do with records of ${pascal}. What no rule allows is denied. */
export const ${camel}Policy = policy(${pascal}, {
  view: () => true,
  add: ({ user }) => ${key === undefined ? "user?.isStaff === true" : "user !== null"},
  change: ${rule} change this ${title.toLowerCase()}.",
  delete: ${rule} delete this ${title.toLowerCase()}.",
  scope: (query) => query,
});
`;
  const lines: readonly Line[] = [
    { file, line: `import { ${camel}Policy } from "${file.includes("/") ? ".." : "."}/${folder}/policies.ts";` },
    { file, line: `policies: [${camel}Policy], // an option of defineAccounts(): add it to the list` },
  ];
  const test = toTest(names, user.$meta.name, owner?.name);
  return { files: { [`${folder}/policies.ts`]: policy, [`tests/${kebab}-policy.test.ts`]: test }, lines, next: [`test ${kebab}-policy`] };
}

function toTest({ camel, pascal, kebabPlural: folder }: Names, user: string, relation: string | undefined): string {
  const imported = [...new Set([pascal, user])].sort().join(", ");
  const rows =
    relation === undefined
      ? [`const record = await create(${pascal});`, `const allowed = await create(${user}, { isStaff: true });`]
      : [`const allowed = await create(${user});`, `const record = await create(${pascal}, { ${relation}: allowed });`];
  return `import assert from "node:assert/strict";
import { test } from "node:test";
import { create, testDatabase } from "gable/testing";
import app from "../app.ts";
import { ${imported} } from "../models.ts";
import { ${camel}Policy } from "../${folder}/policies.ts";

testDatabase(app, { tables: "models" });

test("lets everybody see a record of ${pascal}, and few change it", async () => {
  ${rows.join("\n  ")}
  const other = await create(${user});
  const { rules } = ${camel}Policy;
  const can = async (): Promise<boolean> => false;
  for (const user of [null, other, allowed]) {
    assert.equal(await rules.view?.({ user, record, can }), true);
    const verdicts = [await rules.change?.({ user, record, can }), await rules.delete?.({ user, record, can })];
    assert.deepEqual(verdicts.map((verdict) => verdict === true), [user === allowed, user === allowed]);
  }
  assert.equal(await rules.add?.({ user: null, record: undefined, can }), false);
  assert.equal(await rules.add?.({ user: allowed, record: undefined, can }), true);
});
`;
}
