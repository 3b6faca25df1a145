/** `gable start` and `gable reload` behind real proxies, with the configurations of the deployment guide where it has one. */
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import type { Load } from "../faults/supervisor/load.ts";
import { countFailed, startLoad } from "../faults/supervisor/load.ts";
import { skipApache, skipHaproxy, skipNginx, startApache, startHaproxy, startNginx } from "../http/front-proxies.ts";
import { createTestProject } from "./project.ts";
import { ask, serve, until } from "./started.ts";

const app = (version: string): string => `import { gable, get, post } from "gable";
export default gable({
  proxies: { trust: ["loopback"] },
  routes: [
    get("/version", () => "${version}"),
    get("/address", ({ ip }) => ip),
    get("/echo/:nonce", ({ params }) => params.nonce),
    post("/echo", async ({ request }) => request.text()),
  ],
});
`;
const project = createTestProject({
  ".env": "GABLE_MODE=production\nSECRET_KEYS=u5Zk2Qm8Xr1Wd7Tn4Yb9Gc3Hf6Js0Lp-aVeKoRiPtMxQ\n",
  "app.ts": app("first"),
});
after(() => project.remove());

const proxies = [
  ["nginx", skipNginx, startNginx],
  ["HAProxy", skipHaproxy, startHaproxy],
  ["Apache", skipApache, startApache],
] as const;

describe("gable start behind a proxy", { skip: process.platform === "win32" ? "one process here" : false }, () => {
  for (const [name, skip, start] of proxies)
    it(`loses no request at a reload, and knows the client: ${name}`, { skip }, async (test) => {
      project.write({ "app.ts": app("first") });
      const { url, text, stop, ended } = await serve(project.folder, ["--workers", "2"]);
      const proxy = await start({ ports: [Number(new URL(url).port)] });
      const through = `http://127.0.0.1:${proxy.port}`;
      let load: Load | undefined;
      try {
        assert.deepEqual(await ask(`${through}/version`), { status: 200, text: "first" });
        assert.deepEqual(await ask(`${through}/address`), { status: 200, text: "127.0.0.1" });
        assert.equal((await ask(`${through}/ready`)).status, 200);
        load = startLoad(proxy.port, { connections: 8 });
        await wait(300);
        for (const version of ["second", "third"]) {
          project.write({ "app.ts": app(version) });
          const reload = await project.run("reload");
          assert.equal(reload.code, 0, reload.error);
          await until(async () => (await ask(`${through}/version`)).text === version, text);
          await wait(300);
        }
        const counts = await load.stop();
        test.diagnostic(JSON.stringify({ proxy: name, reloads: 2, ...counts }));
        assert.ok(counts.ok > 50);
        assert.equal(countFailed(counts) + counts.idleReset, 0, `${JSON.stringify(counts)} ${proxy.log()} ${text()}`);
      } finally {
        await load?.stop();
        await proxy.stop();
        stop();
        assert.equal(await ended, 0, text());
      }
    });
});
