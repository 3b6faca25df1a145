/** An identity that two requests link at the same time belongs to one user, and the other request learns whose it is. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { identityModel } from "gable/auth";
import { createDatabase } from "gable/data";
import { Providers } from "../../../src/auth/providers/providers.ts";

const identity = { issuer: "https://id.example", subject: "7", verifiedEmail: undefined };

/** After the first look for an identity, another request links it. */
class Overtaken extends Providers {
  faster: (() => Promise<void>) | undefined;

  override async findUserId(sought: typeof identity): Promise<string | undefined> {
    const found = await super.findUserId(sought);
    const faster = this.faster;
    this.faster = undefined;
    await faster?.();
    return found;
  }
}

async function open(test: { after(work: () => Promise<void>): void }): Promise<Overtaken> {
  const model = identityModel();
  const database = await createDatabase({ url: "sqlite::memory:", models: [model], bind: true });
  test.after(() => database.close());
  await database.createTables();
  return new Overtaken({ byName: new Map(), origin: "https://site.example", model, database });
}

describe("an identity that another request links first", () => {
  for (const [owner, isLinked] of [
    ["1", true],
    ["2", false],
  ] as const)
    it(`${isLinked ? "is linked" : "is not linked"} when that was for ${isLinked ? "the same" : "another"} user`, async (test) => {
      const providers = await open(test);
      providers.faster = () => providers.add(identity, owner, { now: 0 });
      assert.equal(await providers.link(identity, "1", 0), isLinked);
      assert.equal(await providers.findUserId(identity), owner);
    });

  it("is not taken for one when the insertion fails for another reason", async (test) => {
    const providers = await open(test);
    providers.add = () => Promise.reject(new Error("The disk is full."));
    await assert.rejects(providers.link(identity, "1", 0), /The disk is full/);
    assert.equal(await providers.findUserId(identity), undefined);
  });
});
