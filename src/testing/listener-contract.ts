/** The contract of every way to serve a listener: the same requests, the same replies. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { RequestListener } from "gable/http";

/** A transport that serves a listener. */
export interface ContractTransport {
  /** Sends a request and gives the response. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Stops serving. */
  stop(): Promise<void>;
}

/** Starts to serve a listener. */
export type StartTransport = (listener: RequestListener) => Promise<ContractTransport>;

/** Defines the tests of a transport in the current file. */
export function testListenerContract(name: string, start: StartTransport): void {
  describe(`listener contract: ${name}`, () => {
    for (const contract of contracts) {
      it(contract.title, async () => {
        const transport = await start(contract.listener);
        try {
          await contract.check(transport);
        } finally {
          await transport.stop();
        }
      });
    }
  });
}

interface Contract {
  readonly title: string;
  readonly listener: RequestListener;
  check(transport: ContractTransport): Promise<void>;
}

const plain = [["content-type", "text/plain; charset=utf-8"]] as const;

async function* pieces(): AsyncGenerator<string | Uint8Array> {
  yield "one, ";
  yield new TextEncoder().encode("zwei, ");
  yield "trois é";
}

const echoFacts: RequestListener = (request) => ({
  status: 200,
  headers: plain,
  body: JSON.stringify({
    method: request.method,
    path: request.path,
    query: request.queryString,
    a: request.headers.get("x-a"),
    type: request.headers.get("content-type"),
  }),
});

const echoBody: RequestListener = async (request) => ({ status: 200, headers: plain, body: await request.body.read() });

const contracts: readonly Contract[] = [
  {
    title: "passes method, path, query and fields on",
    listener: echoFacts,
    async check({ fetch }) {
      const response = await fetch("/a%20b/c?x=1&y=%C3%A9", { method: "PATCH", headers: { "X-A": " v ", "content-type": "text/x" } });
      assert.deepEqual(await response.json(), { method: "PATCH", path: "/a%20b/c", query: "x=1&y=%C3%A9", a: "v", type: "text/x" });
    },
  },
  {
    title: "sends text with its length in bytes",
    listener: () => ({ status: 201, headers: plain, body: "héllo" }),
    async check({ fetch }) {
      const response = await fetch("/");
      assert.equal(response.status, 201);
      assert.equal(response.headers.get("content-length"), "6");
      assert.equal(await response.text(), "héllo");
    },
  },
  {
    title: "sends bytes as they are",
    listener: () => ({ status: 200, headers: [["content-type", "application/octet-stream"]], body: new Uint8Array([0, 255, 10, 13]) }),
    async check({ fetch }) {
      assert.deepEqual([...new Uint8Array(await (await fetch("/")).arrayBuffer())], [0, 255, 10, 13]);
    },
  },
  {
    title: "sends large texts whole",
    listener: () => ({ status: 200, headers: plain, body: "ä".repeat(200_000) }),
    async check({ fetch }) {
      const response = await fetch("/");
      assert.equal(response.headers.get("content-length"), "400000");
      assert.equal(await response.text(), "ä".repeat(200_000));
    },
  },
  {
    title: "streams pieces in order",
    listener: () => ({ status: 200, headers: plain, body: pieces() }),
    async check({ fetch }) {
      const response = await fetch("/");
      assert.equal(response.headers.get("content-length"), null);
      assert.equal(await response.text(), "one, zwei, trois é");
    },
  },
  {
    title: "sends several cookies as several lines",
    listener: () => ({
      status: 200,
      headers: [
        ["set-cookie", "a=1"],
        ["set-cookie", "b=2"],
      ],
      body: "",
    }),
    async check({ fetch }) {
      assert.deepEqual((await fetch("/")).headers.getSetCookie(), ["a=1", "b=2"]);
    },
  },
  {
    title: "gives 204 and 304 no body and no length",
    listener: (request) => ({ status: request.path === "/204" ? 204 : 304, headers: [], body: "must not be sent" }),
    async check({ fetch }) {
      for (const path of ["/204", "/304"]) {
        const response = await fetch(path);
        assert.equal(response.headers.get("content-length"), null);
        assert.equal(await response.text(), "");
      }
    },
  },
  {
    title: "answers HEAD with the length of the GET and no body",
    listener: () => ({ status: 200, headers: plain, body: "twelve bytes" }),
    async check({ fetch }) {
      const response = await fetch("/", { method: "HEAD" });
      assert.equal(response.headers.get("content-length"), "12");
      assert.equal(await response.text(), "");
    },
  },
  {
    title: "reads a body whole",
    listener: echoBody,
    async check({ fetch }) {
      const body = "x".repeat(100_000);
      assert.equal(await (await fetch("/", { method: "POST", body })).text(), body);
    },
  },
  {
    title: "reads a streamed body",
    listener: echoBody,
    async check({ fetch }) {
      const body = new ReadableStream({
        start(controller) {
          for (const text of ["a", "bc", "def"]) controller.enqueue(new TextEncoder().encode(text));
          controller.close();
        },
      });
      // The types of fetch do not list duplex.
      assert.equal(await (await fetch("/", { method: "POST", body, duplex: "half" } as RequestInit)).text(), "abcdef");
    },
  },
  {
    title: "gives 413 for a body over the limit",
    listener: echoBody,
    async check({ fetch }) {
      assert.equal((await fetch("/", { method: "POST", body: "x".repeat(1_048_576) })).status, 200);
      assert.equal((await fetch("/", { method: "POST", body: "x".repeat(1_048_577) })).status, 413);
    },
  },
  {
    title: "reads a body once",
    listener: async (request) => {
      await request.body.read();
      const second = await request.body.read().catch((error: { code: string }) => error.code);
      return { status: 200, headers: plain, body: String(second) };
    },
    async check({ fetch }) {
      assert.equal(await (await fetch("/", { method: "POST", body: "x" })).text(), "E_BODY_USED");
    },
  },
  {
    title: "answers before it reads the body",
    listener: () => ({ status: 401, headers: plain, body: "no" }),
    async check({ fetch }) {
      const response = await fetch("/", { method: "POST", body: "x".repeat(30_000) });
      assert.equal(response.status, 401);
      assert.equal(await response.text(), "no");
    },
  },
  {
    title: "answers 500 with fixed words when a listener throws",
    listener: (request) => {
      if (request.path === "/sync") throw new Error("a secret");
      return Promise.reject(new Error("a secret"));
    },
    async check({ fetch }) {
      for (const path of ["/sync", "/async"]) {
        const response = await fetch(path);
        assert.equal(response.status, 500);
        assert.equal(await response.text(), "Something went wrong (E_INTERNAL)\n");
      }
    },
  },
  {
    title: "refuses header values that would split the reply",
    listener: (request) => ({ status: 200, headers: [["x-a", decodeURIComponent(request.queryString)]], body: "ok" }),
    async check({ fetch }) {
      for (const value of ["%0D%0ASet-Cookie:%20a=b", "%0A", "%00", "%C4%8A", "%E2%80%A8"]) {
        const response = await fetch(`/?${value}`);
        assert.equal(response.status, 500);
        assert.equal(response.headers.get("set-cookie"), null);
      }
    },
  },
];
