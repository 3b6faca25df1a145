/** Values that are hard to show never break what logs them. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Logger } from "gable";
import { gable, get } from "gable";
import { createTestClient } from "gable/testing";
import { createLogger } from "../../src/log/create-logger.ts";
import { silentLogger } from "../silent-logger.ts";
import { thrownValues } from "../thrown-values.ts";

for (const [name, make] of thrownValues)
  describe(`the log of ${name}`, () => {
    for (const mode of ["production", "development"] as const)
      it(`is a line in ${mode}, with the message and the other facts`, () => {
        const lines: string[] = [];
        const log = createLogger(mode, (line) => lines.push(line));
        log.child({ part: "a" }).error({ error: make(), more: [make()], requestId: "r1" }, "It failed.");
        assert.equal(lines.length, 1);
        assert.match(lines[0]!, /It failed\.[^]*r1|r1[^]*It failed\./);
        assert.ok(lines[0]!.length < 20_000, `${lines[0]!.length} characters`);
        if (mode === "production") assert.doesNotThrow(() => JSON.parse(lines[0]!));
      });

    it("reaches a logger that was given, also one that fails at such values", async () => {
      const lines: unknown[] = [];
      const strict: Logger = {
        ...silentLogger,
        error: (facts, message) => void lines.push([JSON.stringify(facts), String((facts as { error: unknown }).error), message]),
      };
      const app = gable({
        mode: "production",
        secretKeys: ["u5Zk2Qm8Xr1Wd7Tn4Yb9Gc3Hf6Js0Lp-aVeKoRiPtMxQ"],
        hosts: ["localhost"],
        logger: strict,
      });
      app.logger.error({ error: make() }, "It failed.");
      assert.equal(lines.length, 1);
      await app.close();
    });

    it("leaves a request with the status 500", async () => {
      for (const mode of ["development", "test"] as const) {
        const routes = [
          get("/", () => {
            throw make();
          }),
        ];
        const app = gable({ mode, logger: silentLogger, routes });
        assert.equal((await createTestClient(app, { errors: "page" }).get("/")).status, 500);
        await app.close();
      }
    });
  });
