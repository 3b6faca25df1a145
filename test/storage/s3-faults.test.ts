/** A store in S3 when the service fails, breaks off, or answers what it must not. */
import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { describe, it } from "node:test";
import { inspect } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { FileStore } from "gable/storage";
import { s3Storage } from "gable/storage";
import { S3Store } from "../../src/storage/s3/s3-store.ts";
import type { Answer, SeenRequest } from "./hostile-s3.ts";
import { facts, startHostile } from "./hostile-s3.ts";
import { readAll } from "./read-all.ts";

const credentials = { accessKeyId: "AKID", secretAccessKey: "very-secret-key" };
const plain = { type: "text/plain" };
const sizes = { partBytes: 4, partsMax: 3 };

/** Runs work with a store of parts of 4 bytes, at most 3 of them. */
async function withServer<Result>(
  answer: Answer,
  work: (store: FileStore, seen: SeenRequest[]) => Promise<Result>,
  timeoutMs = 20_000,
): Promise<Result> {
  const { endpoint, seen, close } = await startHostile(answer);
  try {
    return await work(new S3Store({ bucket: "files", endpoint, credentials, timeoutMs }, sizes), seen);
  } finally {
    await close();
  }
}

const fail = (response: ServerResponse, status: number, code: string): void =>
  void response.writeHead(status).end(`<Error><Code>${code}</Code><Message>very-secret-message</Message></Error>`);

/** Answers as a service does that takes uploads in parts. */
const takeParts: Answer = ({ line }, response) => {
  if (line.endsWith("?uploads=")) response.end("<R><UploadId>U&amp;1</UploadId></R>");
  else if (line.startsWith("POST")) response.end("<CompleteMultipartUploadResult></CompleteMultipartUploadResult>");
  else if (line.startsWith("DELETE")) response.writeHead(204).end();
  else response.writeHead(200, { etag: `"${line.length}<>&"` }).end();
};
const upload = "uploadId=U%261";

async function* pieces(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

describe("tries of s3Storage()", () => {
  for (const [title, bad] of [
    ["503", (response: ServerResponse) => fail(response, 503, "SlowDown")],
    ["500", (response: ServerResponse) => fail(response, 500, "InternalError")],
    ["429", (response: ServerResponse) => fail(response, 429, "TooManyRequests")],
    ["a connection that breaks", (response: ServerResponse) => response.destroy()],
  ] as const) {
    it(`succeed after two answers of ${title}`, () =>
      withServer(
        (_request, response, count) => (count < 3 ? bad(response) : response.writeHead(200, facts).end()),
        async (store, seen) => {
          await store.put("a", "1", plain);
          assert.deepEqual(
            seen.map(({ line, body }) => `${line} ${body}`),
            ["PUT /a 1", "PUT /a 1", "PUT /a 1"],
          );
        },
      ));

    it(`end after three answers of ${title}`, () =>
      withServer(
        (_request, response) => bad(response),
        async (store, seen) => {
          await assert.rejects(store.put("a", "1", plain), { code: "E_STORAGE_UNAVAILABLE", status: 503 });
          assert.equal(seen.length, 3);
        },
      ));
  }

  it("end after three times without an answer", () =>
    withServer(
      () => undefined,
      async (store, seen) => {
        await assert.rejects(store.find("a"), {
          code: "E_STORAGE_UNAVAILABLE",
          message: 'The storage cannot find "a": no answer within 50 ms.',
        });
        assert.equal(seen.length, 3);
      },
      50,
    ));

  it("are not repeated for an answer that stays the same, and do not show the message of the service", () =>
    withServer(
      (_request, response) => fail(response, 403, "SignatureDoesNotMatch"),
      async (store, seen) => {
        await assert.rejects(store.delete("a"), {
          code: "E_STORAGE_UNAVAILABLE",
          message: 'The storage cannot delete "a": the service answered 403 SignatureDoesNotMatch.',
        });
        assert.equal(seen.length, 1);
      },
    ));

  it("name the region of a bucket that is in another one", () =>
    withServer(
      (_request, response) => void response.writeHead(301, { "x-amz-bucket-region": "eu-north-1", location: "/elsewhere" }).end(),
      async (store, seen) => {
        await assert.rejects(async () => store.start?.(), {
          message: 'The storage cannot use the bucket "files": the service answered 301; the bucket is in the region "eu-north-1".',
        });
        assert.equal(seen.length, 1);
      },
    ));

  it("tell a bucket that does not exist from a file that does not", () =>
    withServer(
      (_request, response) => fail(response, 404, "NoSuchBucket"),
      async (store) => {
        const message = 'The storage cannot read "a": the service answered 404 NoSuchBucket.';
        await assert.rejects(store.read("a"), { code: "E_STORAGE_UNAVAILABLE", message });
        await assert.rejects(store.delete("a"), { code: "E_STORAGE_UNAVAILABLE" });
        await assert.rejects(async () => store.start?.(), { code: "E_STORAGE_UNAVAILABLE" });
      },
    ));
});

describe("answers that s3Storage() refuses", () => {
  const range = { start: 2, end: 4 };
  const part = { ...facts, "content-range": "bytes 2-4/10", "content-length": "3" };
  for (const [title, status, headers, reason] of [
    ["no entity tag", 200, { ...facts, etag: "" }, "the service sent no strong entity tag"],
    ["a weak entity tag", 200, { ...facts, etag: 'W/"a"' }, "the service sent no strong entity tag"],
    ["no time", 200, { ...facts, "last-modified": "" }, "the service sent no time of the file"],
  ] as const)
    it(`${title} of a file`, () =>
      withServer(
        (_request, response) => void response.writeHead(status, { ...headers, "content-length": "3" }).end("abc"),
        async (store) => {
          for (const work of [store.find("a"), store.read("a")])
            await assert.rejects(work, { code: "E_STORAGE_UNAVAILABLE", message: new RegExp(`: ${reason}\\.$`) });
        },
      ));

  it("no length of a file", () =>
    withServer(
      (_request, response) => void response.writeHead(200, { ...facts, "transfer-encoding": "chunked" }).end("abc"),
      async (store) => {
        await assert.rejects(store.read("a"), { message: 'The storage cannot read "a": the service sent no length.' });
      },
    ));

  for (const [title, status, headers, body] of [
    ["the whole file", 200, { ...part, "content-length": "10" }, "0123456789"],
    ["another start", 206, { ...part, "content-range": "bytes 1-3/10" }, "123"],
    ["an earlier end", 206, { ...part, "content-range": "bytes 2-3/10", "content-length": "2" }, "23"],
    ["another length", 206, { ...part, "content-length": "4" }, "2345"],
    ["no size", 206, { ...part, "content-range": "bytes 2-4/*" }, "234"],
  ] as const)
    it(`${title} in place of a range`, () =>
      withServer(
        (_request, response) => void response.writeHead(status, headers).end(body),
        async (store) => {
          await assert.rejects(store.read("a", { range }), {
            code: "E_STORAGE_UNAVAILABLE",
            message: 'The storage cannot read "a": the service sent another range than the one that was asked for.',
          });
        },
      ));

  it("but not a range that is longer than the one that was asked for: it is cut off", () =>
    withServer(
      (_request, response) =>
        void response.writeHead(206, { ...part, "content-range": "bytes 2-9/10", "content-length": "8" }).end("23456789"),
      async (store) => {
        const content = await store.read("a", { range });
        assert.deepEqual([(await readAll(content.stream())).toString(), content.bytes], ["234", 10]);
      },
    ));

  it("a body that breaks off", () =>
    withServer(
      (_request, response) => {
        response.writeHead(200, { ...facts, "content-length": "10" }).write("01234", () => response.destroy());
      },
      async (store) => {
        const content = await store.read("a");
        await assert.rejects(readAll(content.stream()), { code: "E_STORAGE_UNAVAILABLE", message: /^The storage cannot read "a": / });
      },
    ));

  it("but not a body that is read after a collection of garbage", () =>
    withServer(
      (_request, response) => void response.writeHead(200, { ...facts, "content-length": "300000" }).end("a".repeat(300_000)),
      async (store) => {
        setFlagsFromString("--expose-gc");
        // The flag makes the function appear in new contexts.
        const collect = runInNewContext("gc") as () => void;
        const content = await store.read("a");
        for (let round = 0; round < 5; round++) {
          collect();
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
        assert.equal((await readAll(content.stream())).length, 300_000);
      },
    ));

  it("a body that stops", () =>
    withServer(
      (_request, response) => void response.writeHead(200, { ...facts, "content-length": "10" }).write("01234"),
      async (store) => {
        const content = await store.read("a");
        await assert.rejects(readAll(content.stream()), { message: 'The storage cannot read "a": no answer within 200 ms.' });
      },
      200,
    ));
});

describe("uploads of s3Storage() in parts", () => {
  const lines = (seen: readonly SeenRequest[]): string[] => seen.map(({ line, body }) => `${line} ${body}`.trim());

  it("begin above the size of a part", () =>
    withServer(takeParts, async (store, seen) => {
      await store.put("a", pieces("12", "34"), plain);
      assert.deepEqual(lines(seen), ["PUT /a 1234"]);
      await store.put("b", pieces("12", "345"), plain);
      assert.deepEqual(lines(seen.slice(1)), [
        "POST /b?uploads=",
        `PUT /b?partNumber=1&${upload} 1234`,
        `PUT /b?partNumber=2&${upload} 5`,
        `POST /b?${upload} <CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">` +
          '<Part><PartNumber>1</PartNumber><ETag>"34&lt;&gt;&amp;"</ETag></Part>' +
          '<Part><PartNumber>2</PartNumber><ETag>"34&lt;&gt;&amp;"</ETag></Part></CompleteMultipartUpload>',
      ]);
    }));

  it("take the next piece of a stream only when the part before is stored", () =>
    withServer(takeParts, async (store, seen) => {
      const parts = (): number => seen.filter(({ line }) => line.startsWith("PUT")).length;
      const counts: number[] = [];
      async function* counting(): AsyncGenerator<Uint8Array> {
        for (let count = 0; count < 3; count++) {
          counts.push(parts());
          yield Buffer.from("1234");
        }
      }
      await store.put("a", counting(), plain);
      assert.deepEqual(counts, [0, 0, 1]);
    }));

  it("have at most the number of parts of the protocol", () =>
    withServer(takeParts, async (store, seen) => {
      await store.put("a", "1".repeat(12), plain);
      await assert.rejects(store.put("b", "1".repeat(13), plain), {
        code: "E_STORAGE_UNAVAILABLE",
        message: 'The storage cannot store "b": it has more than 3 parts of 4 bytes.',
      });
      assert.equal(seen.at(-1)!.line, `DELETE /b?${upload}`);
    }));

  it("are aborted when a part fails, and close their source", () =>
    withServer(
      (request, response, count) =>
        request.line.includes("partNumber=2") ? fail(response, 503, "SlowDown") : takeParts(request, response, count),
      async (store, seen) => {
        let isClosed = false;
        async function* closing(): AsyncGenerator<Uint8Array> {
          try {
            yield* pieces("1234", "5678", "9");
          } finally {
            isClosed = true;
          }
        }
        await assert.rejects(store.put("a", closing(), plain), { code: "E_STORAGE_UNAVAILABLE", message: /503 SlowDown\.$/ });
        assert.equal(seen.at(-1)!.line, `DELETE /a?${upload}`);
        assert.equal(isClosed, true);
      },
    ));

  it("close their source when they cannot begin", () =>
    withServer(
      (_request, response) => fail(response, 403, "AccessDenied"),
      async (store) => {
        let isClosed = false;
        async function* closing(): AsyncGenerator<Uint8Array> {
          try {
            yield* pieces("1234", "5678");
          } finally {
            isClosed = true;
          }
        }
        await assert.rejects(store.put("a", closing(), plain), { message: /403 AccessDenied\.$/ });
        assert.equal(isClosed, true);
      },
    ));

  it("are aborted when their source fails", () =>
    withServer(takeParts, async (store, seen) => {
      async function* failing(): AsyncGenerator<Uint8Array> {
        yield* pieces("1234", "5678", "9");
        throw new RangeError("the source failed");
      }
      await assert.rejects(store.put("a", failing(), plain), RangeError);
      assert.equal(seen.at(-1)!.line, `DELETE /a?${upload}`);
    }));

  it("report the failure of a part when they cannot be aborted", () =>
    withServer(
      (request, response, count) =>
        /partNumber|DELETE/.test(request.line) ? fail(response, 403, request.line.slice(0, 3)) : takeParts(request, response, count),
      async (store) => {
        await assert.rejects(store.put("a", "12345", plain), { message: /403 PUT\.$/ });
      },
    ));

  for (const [title, headers] of [
    ["no entity tag", {}],
    ["a weak one", { etag: 'W/"a"' }],
  ] as const)
    it(`fail for a part with ${title}`, () =>
      withServer(
        (request, response, count) =>
          request.line.includes("partNumber") ? void response.writeHead(200, headers).end() : takeParts(request, response, count),
        async (store) => {
          await assert.rejects(store.put("a", "12345", plain), { message: /: the service sent no strong entity tag\.$/ });
        },
      ));

  const isEnd = ({ line }: SeenRequest): boolean => line === `POST /a?${upload}`;

  it("are ended again when the answer 200 has an error", () =>
    withServer(
      (request, response, count) =>
        isEnd(request) && count < 3 ? fail(response, 200, "InternalError") : takeParts(request, response, count),
      async (store, seen) => {
        await store.put("a", "12345", plain);
        assert.equal(seen.filter(isEnd).length, 3);
      },
    ));

  it("fail when each answer 200 has an error", () =>
    withServer(
      (request, response, count) => (isEnd(request) ? fail(response, 200, "InternalError") : takeParts(request, response, count)),
      async (store, seen) => {
        await assert.rejects(store.put("a", "12345", plain), { code: "E_STORAGE_UNAVAILABLE", message: /200 InternalError\.$/ });
        assert.equal(seen.at(-1)!.line, `DELETE /a?${upload}`);
      },
    ));

  for (const isStored of [true, false])
    it(`${isStored ? "succeed" : "fail"} when the answer to their end is lost and the file ${isStored ? "is the new one" : "is another one"}`, () =>
      withServer(
        (request, response, count) => {
          if (isEnd(request)) return count === 1 ? void response.destroy() : fail(response, 404, "NoSuchUpload");
          if (!request.line.startsWith("HEAD")) return takeParts(request, response, count);
          response.writeHead(200, { ...facts, "x-amz-meta-gable-upload": isStored ? mark : "other" }).end();
        },
        async (store, seen) => {
          Object.defineProperty(seen, "push", {
            value: (request: SeenRequest) => {
              mark = String(request.headers["x-amz-meta-gable-upload"] ?? mark);
              return Array.prototype.push.call(seen, request);
            },
          });
          if (isStored) await store.put("a", "12345", plain);
          else await assert.rejects(store.put("a", "12345", plain), { code: "E_STORAGE_UNAVAILABLE", message: /404 NoSuchUpload\.$/ });
        },
      ));
  let mark = "";
});

describe("credentials of s3Storage()", () => {
  it("are in no message, no printed store and no address", () => {
    const secret = "very secret key";
    for (const bad of [{ ...credentials, secretAccessKey: secret }, { ...credentials, secretAccessKey: "" }, secret, null])
      assert.throws(
        () => s3Storage({ bucket: "files", credentials: bad as never }),
        (error: Error) => !inspect(error, { depth: 9 }).includes(secret),
      );
    assert.throws(() => s3Storage({ bucket: "files", endpoint: "https://user:very-secret@s3.test", credentials }), {
      message: 's3Storage(): option "endpoint" is "(hidden)"; it must be an origin such as "https://s3.example.com".',
    });
    const store = s3Storage({ bucket: "files", credentials });
    assert.doesNotMatch(inspect(store, { depth: 9, showHidden: true }) + JSON.stringify(store), /very-secret|AKID/);
  });

  it("are asked for with each request when they are a function, and their token is sent", async () => {
    const { endpoint, seen, close } = await startHostile((_request, response) => void response.writeHead(204).end());
    try {
      let count = 0;
      const store = s3Storage({ bucket: "files", endpoint, credentials: () => ({ ...credentials, sessionToken: `token-${++count}` }) });
      await store.delete("a");
      await store.delete("a");
      assert.deepEqual(
        seen.map(({ headers }) => headers["x-amz-security-token"]),
        ["token-1", "token-2"],
      );
      assert.match(store.url!("a", {}), /[?&]X-Amz-Security-Token=token-3&/);
    } finally {
      await close();
    }
  });
});

describe("options of s3Storage()", () => {
  const valid = { bucket: "files", credentials };
  for (const [name, good, bad] of [
    ["bucket", ["abc", "a".repeat(63), "a.b-c"], ["ab", "a".repeat(64), "Abc", "-abc", "abc-", "a/b", 7]],
    ["region", ["auto", "a".repeat(63)], ["", "a".repeat(64), "a/b", 7]],
    [
      "endpoint",
      ["https://s3.test", "http://127.0.0.1:9000", "https://s3.test/"],
      ["", "s3.test", "ftp://s3.test", "https://s3.test/a", "https://s3.test?a", 7],
    ],
    ["publicEndpoint", ["https://files.test"], ["files.test", null]],
    ["pathStyle", [true, false], ["yes"]],
    ["timeoutMs", [1, 3_600_000], [0, 3_600_001, 1.5, "1"]],
  ] as const)
    it(`refuse values of ${name} that it cannot have`, () => {
      for (const value of good) s3Storage({ ...valid, [name]: value });
      for (const value of bad) assert.throws(() => s3Storage({ ...valid, [name]: value }), { code: "E_OPTION_INVALID" }, String(value));
    });

  it("decide the origin and the path of a bucket", () => {
    const origin = (more: object): string | undefined => s3Storage({ ...valid, ...more }).origin;
    assert.equal(origin({}), "https://files.s3.us-east-1.amazonaws.com");
    assert.equal(origin({ region: "eu-central-1", pathStyle: true }), "https://s3.eu-central-1.amazonaws.com");
    assert.equal(origin({ endpoint: "http://minio:9000" }), "http://minio:9000");
    assert.equal(origin({ endpoint: "https://s3.test", pathStyle: false }), "https://files.s3.test");
    assert.equal(origin({ endpoint: "http://minio:9000", publicEndpoint: "https://media.test" }), "https://media.test");
  });
});
