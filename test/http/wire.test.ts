/** Every row of the acceptance table, over real sockets: whole, in pieces, behind and before other requests. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { RequestListener } from "gable/http";
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
// A busy machine needs its time for a head that comes byte by byte.
const limits = { headMs: 20_000, keepAliveMs: 5000, drainMs: 200 };

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
    assert.ok(codesOfRules[wireCase.rule]?.includes(code as ErrorCode), `${code} is not a code of rule ${wireCase.rule}`);
    assert.equal(catalogue[code as ErrorCode].status, expect.status === 0 ? 400 : expect.status);
  }
}

/** The same bytes as a request with HEAD; undefined for what has no usual method. */
function toHead(send: string): string | undefined {
  return /^(?:GET|POST) /.test(send) ? send.replace(/^(?:GET|POST)/, "HEAD") : undefined;
}

/** Asserts that the one reply, if there is one, ends with its head (RFC 9110 section 9.3.2). */
function assertNoContent(answer: WireAnswer): void {
  assert.ok(answer.statuses.length <= 1, answer.text);
  if (answer.statuses.length === 1) assert.match(answer.text, /^HTTP\/1\.1 [^]*?\r\n\r\n$/);
  assert.equal(answer.text.split("\r\n\r\n").length, answer.statuses.length + 1, answer.text);
}

/** Answers late, and gives up as soon as the signal says that the client has left. */
const watchfulListener: RequestListener = async (request) => {
  const left = new Promise<never>((_resolve, reject) =>
    request.signal.addEventListener("abort", () => reject(request.signal.reason as Error)),
  );
  left.catch(() => undefined);
  await Promise.race([new Promise((resume) => setTimeout(resume, 20)), left]);
  return echoListener(request);
};

/** Cases whose bytes stop inside a message need the end of our side. */
function needsEnd({ rule, id }: WireCase): boolean {
  return rule === "K4" || id === "F7-endless" || id === "R2-endless" || id === "T1-far-over-limit";
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
      // Waits until a connection has closed, however busy the machine is.
      const quietMs = wireCase.expect.verdict === "refused" && wireCase.expect.staysOpen !== true ? 20_000 : 120;
      const replies = wireCase.expect.verdict === "accepted" || wireCase.expect.status !== 0 ? 1 : 0;
      const [whole, pipelined, bytes] = await Promise.all([
        exchange(server.port, { pieces: [wireCase.send], halfClose, quietMs, replies }),
        exchange(server.port, { pieces: [good + wireCase.send], halfClose, quietMs, replies: replies + 1 }),
        exchange(server.port, { pieces: long ? wireCase.send.match(/[^]{1,97}/g)! : [...wireCase.send], halfClose, quietMs, replies }),
      ]);
      assertVerdict(wireCase, whole);
      assertVerdict(wireCase, pipelined, 1);
      assertVerdict(wireCase, bytes);
      if (wireCase.expect.verdict === "refused" && wireCase.expect.staysOpen !== true && wireCase.rule !== "K4") {
        const marked = await exchange(server.port, { pieces: [wireCase.send + marker], replies: 1 });
        assert.ok(!marked.text.includes("/marker"), "nothing behind an error is parsed");
        assert.equal(marked.statuses.length, 1);
      }
    });

    const asHead = toHead(wireCase.send);
    if (asHead !== undefined && wireCase.expect.verdict === "refused") {
      it(`${wireCase.id} as HEAD has no content`, async () => {
        const quietMs = wireCase.expect.verdict === "refused" && wireCase.expect.staysOpen !== true ? 20_000 : 120;
        assertNoContent(await exchange(server.port, { pieces: [asHead], halfClose: needsEnd(wireCase), quietMs }));
      });
    }
  }

  it("has no content in a refusal of HEAD after empty lines, and in a 408", async () => {
    assertNoContent(await exchange(server.port, { pieces: ["\r\n\r\nHEAD / HTTP/1.1\r\n\r\n"], quietMs: 3000 }));
    const impatient = await serve(echoListener, { port: 0, limits: { ...limits, headMs: 100 }, onError: () => undefined });
    const late = await exchange(impatient.port, { pieces: ["HEAD / HTTP/1.1\r\nHo"], quietMs: 3000 });
    await impatient.stop({ graceMs: 0 });
    assert.deepEqual(late.statuses, [408]);
    assertNoContent(late);
  });
});

describe("a client that closes its side after its requests", { concurrency: 12 }, () => {
  for (const engine of ["gable", "node"] as const) {
    let server: RunningServer;
    before(async () => {
      server = await serve(watchfulListener, { port: 0, engine, methods: ["PURGE"], onError: () => undefined });
    });
    after(() => server.stop({ graceMs: 0 }));

    for (const wireCase of wireCases) {
      if (wireCase.expect.verdict !== "accepted" || adapterExceptions[wireCase.id] !== undefined) continue;
      it(`still gets its reply on ${engine}: ${wireCase.id}`, async () => {
        assertVerdict(wireCase, await exchange(server.port, { pieces: [wireCase.send], halfClose: true, quietMs: 5000 }));
      });
    }

    it(`gets the replies to all its pipelined requests on ${engine}`, async () => {
      const answer = await exchange(server.port, { pieces: [good.repeat(5)], halfClose: true, quietMs: 5000 });
      assert.deepEqual(answer.statuses, [200, 200, 200, 200, 200]);
      assert.equal(answer.isClosed, true);
    });

    it(`gets no reply to a request that is not whole on ${engine}, but one to each before it`, async () => {
      const answer = await exchange(server.port, { pieces: [`${good}GET /rest HTTP/1.1\r\nHo`], halfClose: true, quietMs: 5000 });
      assert.equal(answer.statuses[0], 200);
      assert.equal(answer.isClosed, true);
      assert.doesNotMatch(answer.text, /rest/);
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
      const answer = await exchange(server.port, {
        pieces: [wireCase.send],
        halfClose: needsEnd(wireCase),
        quietMs: 150,
        replies: exception === undefined ? 1 : 0,
      });
      const isRefused = answer.statuses.length === 0 ? answer.isClosed : answer.statuses.every((status) => status >= 400);
      const isAccepted = answer.statuses.length === 1 && answer.statuses[0] === 200;
      assert.ok(answer.statuses.length <= 1, `one reply at most: ${answer.text}`);
      const asHead = toHead(wireCase.send);
      if (asHead !== undefined && isRefused)
        assertNoContent(await exchange(server.port, { pieces: [asHead], halfClose: needsEnd(wireCase), quietMs: 150 }));
      if (exception === undefined) assert.ok(wireCase.expect.verdict === "refused" ? isRefused : isAccepted, answer.text);
      else
        assert.ok(
          wireCase.expect.verdict === "refused" ? isAccepted || !answer.isClosed : isRefused,
          `no exception any more: ${answer.text}`,
        );
    });
  }
});
