/** Misspelt commands and flags: each gets the one that was meant, and exit code 2. */
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { createTestProject } from "./project.ts";

const project = createTestProject({ "app.ts": 'import { gable } from "gable";\nexport default gable({ routes: [] });\n' });
after(() => project.remove());

/** The words that somebody types, and what was meant. */
const misspelt: ReadonlyArray<readonly [typed: string, meant: string]> = [
  ["abuot", "about"],
  ["biuld", "build"],
  ["buld", "build"],
  ["chekc", "check"],
  ["chck", "check"],
  ["dve", "dev"],
  ["docz", "docs"],
  ["docter", "doctor"],
  ["erors", "errors"],
  ["lasterror", "last-error"],
  ["last-eror", "last-error"],
  ["model", "models"],
  ["modles", "models"],
  ["route", "routes"],
  ["ruotes", "routes"],
  ["setings", "settings"],
  ["shel", "shell"],
  ["strat", "start"],
  ["relaod", "reload"],
  ["tset", "test"],
  ["wroker", "worker"],
  ["workers", "worker"],
  ["sesions clear", "sessions"],
  ["sessions claer", "clear"],
  ["env chek", "check"],
  ["env exmaple", "example"],
  ["key genrate", "generate"],
  ["task list", "tasks"],
  ["tasks lst", "list"],
  ["tasks rety", "retry"],
  ["tasks cancle", "cancel"],
  ["tasks shedule", "schedule"],
  ["user craete", "create"],
  ["user pasword", "password"],
  ["users grant", "user"],
  ["db mkae", "make"],
  ["db migarte", "migrate"],
  ["db rolback", "rollback"],
  ["db creat", "create"],
  ["db dorp", "drop"],
  ["db rest", "reset"],
  ["db sed", "seed"],
  ["db bakcup", "backup"],
  ["db make --chek", "--check"],
  ["db make --emtpy", "--empty"],
  ["db make --not-renam x", "--not-rename"],
  ["routes --jason", "--json"],
  ["routes --quite", "--quiet"],
  ["routes --mod test", "--mode"],
  ["about --ap app.ts", "--app"],
];

describe("misspelt commands and flags", () => {
  it("has 50 different cases", () => assert.equal(new Set(misspelt.map(([typed]) => typed)).size, 50));
  for (const [typed, meant] of misspelt)
    it(`suggests ${meant} for \`gable ${typed}\``, async () => {
      const { code, error } = await project.run(...typed.split(" "));
      assert.equal(/\(Did you mean (.+)\?\)/.exec(error)?.[1], meant, error);
      assert.equal(code, 2);
    });
});
