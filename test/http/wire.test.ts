/** Every row of the acceptance table, over real sockets: whole, in pieces, behind and before other requests. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { RunningServer } from "gable/server";
import { serve } from "gable/server";
import { catalogue } from "../../src/errors/catalogue.ts";
import type { ErrorCode } from "../../src/errors/catalogue.ts";
import { codesOfRules } from "./cases/codes.cases.ts";
import { wireCases } from "./cases/index.ts";
import type { WireCase } from "./cases/wire-case.ts";
import { adapterExceptions } from "./adapter-exceptions.ts";
import { echoListener, exchange } from "./wire-client.ts";
import type { WireAnswer } from "./wire-client.ts";

const rows =
  "L1 L2 L3 R1 R2 R3 R4 R5 R6 R7 R8 T1 T2 T3 T4 T5 T6 T7 D1 D2 D3 F1 F2 F3 F4 F5 F6 F7 F8 H1 H2 C1 C2 C3 C4 K1 K2 K3 K4 K5 K6 S1 S2".split(
    " ",
  );
const good = "GET /good HTTP/1.1\r\nHost: a.test\r\n\r\n";
const marker = "GET /marker HTTP/1.1\r\nHost: a.test\r\n\r\n";
const limits = { headMs: 400, keepAliveMs: 5000, drainMs: 200 };

function assertVerdict(wireCase: WireCase, answer: WireAnswer, before = 0): void {
  const { expect } = wireCase;
  const statuses = answer.statuses.slice(before);
  if (expect.verdict === "accepted") {
    assert.deepEqual(statuses, [200], answer.text);
    const echo = JSON.parse(Buffer.from(answer.body, "latin1").toString()) as Record<string, unknown>;
    for (const [name, value] of Object.entries(expect.echo ?? {})) assert.equal(echo[name], value, name);
    return;
  }
  if (expect.staysOpen !== true) assert.equal(answer.isClosed, true, "the connection must be closed");
  if (expect.status === 0) assert.ok(statuses.length === 0 || (statuses.length === 1 && statuses[0]! >= 400), answer.text);
  else assert.deepEqual(statuses, [expect.status], answer.text);
  if (statuses.length === 1) {
    const code = /\((E_[A-Z_]+)\)\n$/.exec(answer.text)?.[1];
    assert.ok(codesOfRules[wireCase.rule]?.includes(code as ErrorCode), `${code} is no code of rule ${wireCase.rule}`);
    assert.equal(catalogue[code as ErrorCode].status, expect.status === 0 ? 400 : expect.status);
  }
}

/** Cases whose bytes stop inside a message need the end of our side. */
function needsEnd({ rule, id }: WireCase): boolean {
  return rule === "K4" || id === "F7-endless" || id === "T1-far-over-limit";
}

describe("the acceptance table", { concurrency: 12 }, () => {
  let server: RunningServer;
  before(async () => {
    server = await serve(echoListener, { port: 0, limits, methods: ["PURGE"], onError: () => undefined });
  });
  after(() => server.stop({ graceMs: 0 }));

  it("has cases for every row", () => {
    assert.deepEqual(
      rows.filter((row) => !wireCases.some((wireCase) => wireCase.rule === row)),
      [],
    );
    assert.equal(new Set(wireCases.map((wireCase) => wireCase.id)).size, wireCases.length, "ids are unique");
  });

  for (const wireCase of wireCases) {
    it(`${wireCase.id} (${wireCase.source})`, async () => {
      const halfClose = needsEnd(wireCase);
      const long = wireCase.send.length > 600;
      // A connection that must close is waited for; it does so at once, also where the machine is busy.
      const quietMs = wireCase.expect.verdict === "refused" && wireCase.expect.staysOpen !== true ? 3000 : 120;
      const [whole, pipelined, bytes] = await Promise.all([
        exchange(server.port, { pieces: [wireCase.send], halfClose, quietMs }),
        exchange(server.port, { pieces: [good + wireCase.send], halfClose, quietMs }),
        exchange(server.port, { pieces: long ? wireCase.send.match(/[^]{1,97}/g)! : [...wireCase.send], halfClose, quietMs }),
      ]);
      assertVerdict(wireCase, whole);
      assertVerdict(wireCase, pipelined, 1);
      assertVerdict(wireCase, bytes);
      if (wireCase.expect.verdict === "refused" && wireCase.expect.staysOpen !== true && wireCase.rule !== "K4") {
        const marked = await exchange(server.port, { pieces: [wireCase.send + marker] });
        assert.ok(!marked.text.includes("/marker"), "nothing behind an error is parsed");
        assert.equal(marked.statuses.length, 1);
      }
    });
  }
});

describe("the acceptance table on the node:http adapter", { concurrency: 12 }, () => {
  let server: RunningServer;
  before(async () => {
    server = await serve(echoListener, {
      port: 0,
      engine: "node",
      limits: { ...limits, headMs: 1000 },
      methods: ["PURGE"],
      onError: () => undefined,
    });
  });
  after(() => server.stop({ graceMs: 0 }));

  for (const wireCase of wireCases) {
    const exception = adapterExceptions[wireCase.id];
    it(`${wireCase.id}${exception === undefined ? "" : ` (exception: ${exception})`}`, async () => {
      const answer = await exchange(server.port, { pieces: [wireCase.send], halfClose: needsEnd(wireCase), quietMs: 150 });
      const isRefused = answer.statuses.length === 0 ? answer.isClosed : answer.statuses.every((status) => status >= 400);
      const isAccepted = answer.statuses.length === 1 && answer.statuses[0] === 200;
      assert.ok(answer.statuses.length <= 1, `one reply at most: ${answer.text}`);
      if (exception === undefined) assert.ok(wireCase.expect.verdict === "refused" ? isRefused : isAccepted, answer.text);
      else
        assert.ok(
          wireCase.expect.verdict === "refused" ? isAccepted || !answer.isClosed : isRefused,
          `no exception any more: ${answer.text}`,
        );
    });
  }
});
