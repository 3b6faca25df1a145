/** Identities in the databases: who is first, who is second, and what is left of what failed. */
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { describe, it } from "node:test";
import { databaseKinds } from "../../data/databases.ts";
import { email, leave, openProviderSite, who } from "./provider-site.ts";
import { openTestProvider } from "./test-provider.ts";

const subjectMax = 255;

for (const { name, skip, place } of databaseKinds) {
  describe(`identities on ${name}`, { skip }, () => {
    /** A site with the users of other tests in no way: each test has its own database. */
    async function open(test: TestContext) {
      const [provider, { url, remove }] = await Promise.all([openTestProvider(), place()]);
      provider.behavior.claims = { email, email_verified: true };
      // The last hook that is added runs last.
      const closers: Array<() => Promise<void>> = [];
      test.after(async () => {
        for (const close of closers) await close();
        await provider.close();
        await remove();
      });
      const site = await openProviderSite({ after: (close) => void closers.push(close) }, provider.issuer, { database: url });
      const count = () => site.run(async () => [await site.User.count(), await site.Identity.count()]);
      /** Signs in from several browsers; `change` says what the provider answers to each. */
      const signInAll = async (answers: readonly object[]) => {
        const clients = answers.map(() => site.visit());
        const backs: string[] = [];
        for (const client of clients) backs.push(provider.visit(await leave(client), answers[backs.length]));
        const replies = await Promise.all(clients.map((client, index) => client.get(backs[index]!)));
        return { replies, users: await Promise.all(clients.map((client) => who({ client }))) };
      };
      return { ...site, provider, count, signInAll };
    }

    it("make one account of simultaneous first sign-ins, and sign all of them in", async (test) => {
      const site = await open(test);
      const { replies, users } = await site.signInAll([{}, {}, {}, {}]);
      assert.deepEqual(
        replies.map(({ status }) => status),
        [303, 303, 303, 303],
        replies.map(({ body }) => body).join(),
      );
      assert.deepEqual(users, [email, email, email, email]);
      assert.deepEqual(await site.count(), [1, 1]);
      const [row] = await site.run(async () => site.Identity.all());
      assert.equal(row!.isOnlyWay, true);
    });

    it("leave no second account when the address changes between simultaneous first sign-ins", async (test) => {
      const site = await open(test);
      const { replies, users } = await site.signInAll([{ email: "a@example.com" }, { email: "b@example.com" }]);
      assert.deepEqual(
        replies.map(({ status }) => status),
        [303, 303],
        replies.map(({ body }) => body).join(),
      );
      assert.equal(users[0], users[1]);
      assert.deepEqual(await site.count(), [1, 1]);
    });

    it("link simultaneous first sign-ins of two identities with one address to one account", async (test) => {
      const site = await open(test);
      const { users } = await site.signInAll([{ sub: "u1" }, { sub: "u2" }]);
      assert.deepEqual(users, [email, email]);
      assert.deepEqual(await site.count(), [1, 2]);
    });

    it("differ when only the case, an accent or a space at the end of the subject differs", async (test) => {
      const site = await open(test);
      for (const [index, sub] of ["abc", "ABC", "ábc", "abc "].entries())
        await site.signInAll([{ sub, email: `user${index}@example.com` }]);
      assert.deepEqual(await site.count(), [4, 4]);
    });

    it(`have subjects of at most ${subjectMax} characters`, async (test) => {
      const site = await open(test);
      const [long] = (await site.signInAll([{ sub: "a".repeat(subjectMax) }])).users;
      assert.equal(long, email);
      const { replies } = await site.signInAll([{ sub: "a".repeat(subjectMax + 1), email: "b@example.com" }]);
      assert.equal(replies[0]!.status, 502);
      assert.match(replies[0]!.body, /E_PROVIDER_ANSWER/);
      assert.deepEqual(await site.count(), [1, 1]);
    });

    it("are linked and unlinked, and the last one stays", async (test) => {
      const { client, provider, run, Identity, count } = await open(test);
      await client.get(provider.visit(await leave(client)));
      await client.get(provider.visit(await leave(client, "/account/providers/example"), { sub: "u2" }));
      const rows = await run(async () => Identity.orderBy("id").all());
      assert.deepEqual(
        rows.map(({ subject, isOnlyWay }) => [subject, isOnlyWay]),
        [
          ["u1", true],
          ["u2", false],
        ],
      );
      const unlink = async (id: number) => (await client.post(`/account/providers/unlink/${id}`)).status;
      assert.equal(await unlink(rows[0]!.id), 303);
      assert.equal(await unlink(rows[1]!.id), 409);
      assert.deepEqual(await count(), [1, 1]);
    });

    it("keep one way in when the last two are unlinked at the same time", async (test) => {
      const { client, provider, run, Identity, count } = await open(test);
      await client.get(provider.visit(await leave(client)));
      await client.get(provider.visit(await leave(client, "/account/providers/example"), { sub: "u2" }));
      const rows = await run(async () => Identity.all());
      const replies = await Promise.all(rows.map(({ id }) => client.post(`/account/providers/unlink/${id}`)));
      assert.deepEqual(replies.map(({ status }) => status).toSorted(), [303, 409]);
      assert.deepEqual(await count(), [1, 1]);
    });
  });
}
