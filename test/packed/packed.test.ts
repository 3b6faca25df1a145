/**
 * What users install is what is tested: builds, packs and installs the package, then runs type tests, docs, examples and
 * `npm create gable` against it.
 */
import { after, before, describe } from "node:test";
import { describeCreatedProjects } from "./created-projects.ts";
import { describeLeaks } from "./leak-steps.ts";
import { PackedPackage } from "./packed-package.ts";
import { describeProjects } from "./project-steps.ts";
import { describeTypes } from "./type-steps.ts";

describe("the packed package", () => {
  let packed: PackedPackage;
  before(async () => {
    packed = await PackedPackage.open();
  });
  after(() => packed.close());

  describeTypes(() => packed);
  describeProjects(() => packed);
  describeLeaks(() => packed);
  describeCreatedProjects(() => packed);
});
