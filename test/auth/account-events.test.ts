/** What the log says about sign-ins and passwords: the event and the user, and nothing that somebody typed. */
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { describe, it } from "node:test";
import type { Logger } from "gable";
import { lastLink, openSite, password, register } from "./site.ts";

interface Line {
  readonly event?: unknown;
  readonly userId?: unknown;
  readonly ip?: unknown;
}

async function openWatched(test: TestContext) {
  const lines: Line[] = [];
  const texts: string[] = [];
  const ignore = (): void => undefined;
  const note = (facts: string | object, message = ""): void => {
    texts.push(JSON.stringify(facts) + message);
    if (typeof facts === "object" && "event" in facts) lines.push(facts);
  };
  const logger: Logger = { debug: ignore, info: note, warn: note, error: note, child: () => logger };
  const site = await openSite(test, {}, { logger });
  await register(site);
  lines.length = 0;
  return { site, texts, events: () => lines.map(({ event, userId, ip }) => [event, userId, typeof ip]) };
}

describe("the log of accounts", () => {
  it("has a line for a sign-in", async (test) => {
    const { site, events } = await openWatched(test);
    await site.signIn();
    assert.deepEqual(events(), [["signed-in", "1", "string"]]);
  });

  it("has a line for a wrong password, and for an account that does not exist, without the address", async (test) => {
    const { site, events, texts } = await openWatched(test);
    await site.visit().post("/account/login", { form: { email: "ann@example.com", password: "a-wrong-one-77" } });
    await site.visit().post("/account/login", { form: { email: "nobody-here@example.com", password } });
    assert.deepEqual(events(), [
      ["sign-in-failed", "1", "string"],
      ["sign-in-failed", undefined, "string"],
    ]);
    assert.doesNotMatch(texts.join("\n"), /nobody-here|a-wrong-one|correct-horse/);
  });

  it("has a line for a password that its user changes", async (test) => {
    const { site, events } = await openWatched(test);
    const client = await site.signIn();
    const form = { current: password, password: "another-horse-52" };
    assert.equal((await client.post("/account/password", { form })).status, 303);
    assert.deepEqual(events().slice(1, 2), [["password-changed", "1", "string"]]);
  });

  it("has a line for a password that is set by a link", async (test) => {
    const { site, events } = await openWatched(test);
    const client = site.visit();
    await client.post("/account/password/forgot", { form: { email: "ann@example.com" } });
    await client.get(await lastLink(site));
    assert.equal((await client.post("/account/password/reset", { form: { password: "another-horse-52" } })).status, 303);
    assert.deepEqual(events()[0], ["password-changed", "1", "string"]);
  });
});
