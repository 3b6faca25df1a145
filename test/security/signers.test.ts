/** Signers of modules in applications: each request signs with the keys of its application. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, it } from "node:test";
import type { Application } from "gable";
import { createSigner, gable, get } from "gable";
import { createTestClient } from "gable/testing";
import { silentLogger } from "../silent-logger.ts";

const createKey = (): string => randomBytes(32).toString("base64url");

describe("a signer of a module", () => {
  const note = createSigner<string>("note");
  const createApp = (secretKeys?: string[]): Application =>
    gable({
      mode: "test",
      logger: silentLogger,
      ...(secretKeys && { secretKeys }),
      routes: [
        get("/sign", () => ({ token: note.sign("x") })),
        get("/verify/:token", async ({ params }) => ({ value: (await Promise.resolve(), note.find(params.token) ?? null) })),
      ],
    });
  const sign = async (app: Application): Promise<string> => (await createTestClient(app).get("/sign")).json<{ token: string }>().token;
  const verify = async (app: Application, token: string): Promise<unknown> =>
    (await createTestClient(app).get(`/verify/${token}`)).json<{ value: unknown }>().value;

  it("has no keys before an application starts", () =>
    assert.throws(() => note.sign("x"), {
      code: "E_SECRET_KEYS_MISSING",
      message: 'The signer "note" has no keys: no application with secret keys has started.',
    }));

  it("takes the keys of the application whose request runs, when two of them differ", async () => {
    const [first, second] = [createApp([createKey()]), createApp([createKey()])];
    await first.start();
    const outside = note.sign("x");
    await second.start();
    assert.deepEqual([await verify(first, await sign(first)), await verify(second, await sign(second))], ["x", "x"]);
    assert.deepEqual([await verify(first, await sign(second)), await verify(second, outside)], [null, null]);
    assert.equal(await verify(first, outside), "x");
    assert.throws(() => note.sign("x"), { code: "E_SIGNER_AMBIGUOUS" });
    await second.close();
    assert.equal(note.verify(outside), "x");
    await first.close();
    assert.throws(() => note.sign("x"), { code: "E_SECRET_KEYS_MISSING" });
  });

  it("takes the keys that a test application without the option has, next to one with other keys", async () => {
    const [first, second] = [createApp(), createApp([createKey()])];
    await Promise.all([first.start(), second.start()]);
    const token = await sign(first);
    assert.deepEqual([await verify(first, token), await verify(second, token)], ["x", null]);
    await Promise.all([first.close(), second.close()]);
  });

  it("works outside of requests when all applications have the same keys", async () => {
    const key = createKey();
    const apps = [createApp([key]), createApp([key])];
    await Promise.all(apps.map((app) => app.start()));
    assert.equal(note.verify(note.sign("x")), "x");
    await Promise.all(apps.map((app) => app.close()));
  });
});
