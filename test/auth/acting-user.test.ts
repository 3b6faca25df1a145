/** The user of a shell: only requests that the process sends to itself have it. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { manageAccounts } from "gable/auth";
import { openSite, register } from "./site.ts";

it("the user of a shell is never the user of a request over a connection", async (test) => {
  const site = await openSite(test, {}, { hosts: ["shelf.example", "127.0.0.1"] });
  await register(site);
  const manager = manageAccounts(site.app);
  const headers = { accept: "application/json" };
  const running = await site.app.listen({ port: 0, quiet: true, signals: false });
  try {
    const ask = async (): Promise<readonly unknown[]> => [
      await (await fetch(`${running.url}/maybe`, { headers })).json(),
      (await fetch(`${running.url}/in`, { headers })).status,
      await (await site.app.request("/maybe", { headers })).json(),
    ];
    const [ann, nobody] = [{ email: "ann@example.com" }, { email: null }];
    assert.deepEqual(await ask(), [nobody, 401, nobody]);
    manager.actAs(await manager.getByEmail("ann@example.com"));
    assert.deepEqual(await ask(), [nobody, 401, ann]);
    manager.actAs(undefined);
    assert.deepEqual(await ask(), [nobody, 401, nobody]);
  } finally {
    await running.stop();
  }
});
