import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { gable, get, group, middleware, post } from "gable";
import { z } from "zod";
import { silentLogger } from "../../test/silent-logger.ts";

const input = z.object({});
const member = (): boolean => true;

describe("app.describe()", () => {
  const timed = middleware(function timed(_context, next) {
    return next();
  });
  const app = gable({
    mode: "test",
    logger: silentLogger,
    routes: [
      group(
        "/team",
        [
          get("/plain", { guard: [member, () => true], use: [timed], limits: { rate: false } }, () => ""),
          post("/input", { query: input, json: input, name: "input", security: { csp: { imgSrc: ["'self'"] } } }, () => ""),
        ],
        {
          guard: member,
          limits: { rate: { requestsMax: 5, windowSeconds: 60 } },
          security: {
            crossSite: { allow: "webhooks of the bank" },
            allowUnsafe: "an old script",
            cors: false,
            csp: { scriptSrc: ["'unsafe-inline'"] },
          },
        },
      ),
      get("/", () => ""),
    ],
  });

  it("tells the guards, the input and the exceptions of routes", () => {
    const exceptions = ["crossSite: webhooks of the bank", "allowUnsafe: an old script", "cors", "csp"];
    const shown = app.describe().routes.map(({ place, ...facts }) => ({ ...facts, hasPlace: place !== undefined }));
    const none = {
      guards: [],
      middleware: [],
      input: [],
      exceptions: [],
      csp: undefined,
      ownHeaders: [],
      rate: undefined,
      limits: {},
      name: undefined,
      hasPlace: true,
    };
    assert.deepEqual(shown, [
      {
        ...none,
        method: "GET",
        path: "/team/plain",
        guards: ["member", "member", "(anonymous)"],
        middleware: ["timed"],
        exceptions,
        csp: { scriptSrc: ["'unsafe-inline'"] },
        ownHeaders: [],
        rate: false,
      },
      {
        ...none,
        method: "POST",
        path: "/team/input",
        name: "input",
        guards: ["member"],
        input: ["query", "json"],
        exceptions: [...exceptions, "csp"],
        csp: { imgSrc: ["'self'"] },
        ownHeaders: [],
        rate: { requestsMax: 5, windowSeconds: 60 },
        limits: {},
      },
      { ...none, method: "GET", path: "/" },
    ]);
    assert.deepEqual(app.findRoute("GET", "/team/plain"), app.describe().routes[0]);
    assert.equal(app.findRoute("GET", "/nowhere"), undefined);
  });

  it("has no databases and no views where there are none", () => {
    const { mode, models, databases, views } = app.describe();
    assert.deepEqual([mode, models, databases, views], ["test", undefined, {}, undefined]);
  });
});
