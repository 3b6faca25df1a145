import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { RawRequest, Reply, ReplyBody } from "../../http/message.ts";
import { HeaderTable } from "../../http/header-table.ts";
import { insertScripts } from "./insert-scripts.ts";

const page = "<!doctype html><html><body><p>Hello</p></body></html>";
const policy = "default-src 'none'; script-src 'self'; connect-src 'self'";

interface Case {
  readonly body: ReplyBody;
  readonly type?: string;
  readonly headers?: ReadonlyArray<readonly [string, string]>;
  readonly sent?: ReadonlyArray<readonly [string, string]>;
  readonly status?: number;
}

function insert({ body, type = "text/html; charset=utf-8", headers = [], sent = [], status = 200 }: Case): Reply {
  const reply = { status, headers: new HeaderTable([["content-type", type], ...headers]), body };
  const request = { headers: new HeaderTable(sent) } as unknown as RawRequest; // Nothing else is read.
  return insertScripts(reply, request, ["/_gable/client/page.js"]);
}

async function textOf(body: ReplyBody): Promise<string> {
  if (typeof body === "string") return body;
  let text = "";
  for await (const piece of body as AsyncIterable<string | Uint8Array>)
    text += typeof piece === "string" ? piece : Buffer.from(piece).toString();
  return text;
}

async function* pieces(...list: Array<string | Uint8Array>): AsyncIterable<string | Uint8Array> {
  yield* list;
}

describe("insertScripts()", () => {
  it("puts scripts with the nonce of the policy before the last </body>", () => {
    const body = "<!DOCTYPE html><body><pre>&lt;/body></pre><!-- </body> --></BODY ></html>";
    const reply = insert({ body, headers: [["content-security-policy", "script-src 'self' 'nonce-abc+/='; connect-src 'self'"]] });
    assert.equal(
      reply.body,
      body.replace("</BODY >", '<script type="module" nonce="abc+/=" src="/_gable/client/page.js"></script></BODY >'),
    );
    assert.equal(new HeaderTable(reply.headers).get("content-security-policy"), "script-src 'self' 'nonce-abc+/='; connect-src 'self'");
  });

  it("takes pages that begin with a comment, html, head or body, as text and as bytes", () => {
    for (const body of [page, ` \n<!-- a --><html><p>`, "<head><title>", "<body>", new TextEncoder().encode(page)])
      assert.match(String(insert({ body }).body), /<script type="module" nonce="[\w+/=]{24}"/);
  });

  it("leaves parts of pages, other types, other charsets and replies for scripts as they are", () => {
    const cases: readonly Case[] = [
      { body: "<p>part</p>" },
      { body: "<bodyguard>" },
      { body: "" },
      { body: page, type: "text/plain" },
      { body: page, type: "text/htmlx" },
      { body: page, headers: [["content-encoding", "gzip"]] },
      { body: page, sent: [["sec-fetch-dest", "empty"]] },
      { body: page, status: 304 },
      { body: page, headers: [["content-security-policy", "script-src 'self', script-src 'none'"]] },
      { body: new Uint8Array([0x3c, 0x68, 0x74, 0x6d, 0x6c, 0x3e, 0xff]) },
      { body: null },
    ];
    for (const each of cases) assert.equal(insert(each).body, each.body);
  });

  it("inserts for pages that a browser shows", () => {
    for (const destination of ["document", "iframe", "frame"])
      assert.match(String(insert({ body: page, sent: [["sec-fetch-dest", destination]] }).body), /<script/);
  });

  it("appends to a page in pieces, and to nothing else in pieces", async () => {
    assert.match(
      await textOf(insert({ body: pieces(" ", "<!doc", "type html><p>", new TextEncoder().encode("two")) }).body),
      /^ <!doctype html><p>two$/,
    );
    assert.match(
      await textOf(insert({ body: pieces("\n", "<!doctype html><p>", new TextEncoder().encode("two")) }).body),
      /two<script [^>]+><\/script>$/,
    );
    assert.equal(await textOf(insert({ body: pieces("<p>", "two") }).body), "<p>two");
  });

  it("removes what describes the page without the scripts", () => {
    const reply = insert({
      body: page,
      headers: [
        ["etag", '"1"'],
        ["last-modified", "Sat, 01 Jan 2000 00:00:00 GMT"],
        ["set-cookie", "a=1"],
        ["set-cookie", "b=2"],
      ],
    });
    const headers = new HeaderTable(reply.headers);
    assert.equal(headers.get("etag"), null);
    assert.equal(headers.get("last-modified"), null);
    assert.deepEqual(headers.all("set-cookie"), ["a=1", "b=2"]);
  });

  it("adds to a policy what the scripts need", () => {
    const rows: ReadonlyArray<readonly [string, RegExp]> = [
      [policy, /^default-src 'none'; script-src 'self' 'nonce-[\w+/=]{24}'; connect-src 'self'$/],
      ["script-src 'none'; connect-src 'none'", /^script-src 'nonce-[\w+/=]{24}'; connect-src 'self'$/],
      ["default-src 'none'", /^default-src 'none'; script-src 'nonce-[\w+/=]{24}'; connect-src 'self'$/],
      ["script-src 'unsafe-inline'; connect-src *", /^script-src 'unsafe-inline' 'self'; connect-src \*$/],
      ["img-src 'self'", /^img-src 'self'$/],
    ];
    for (const [before, after] of rows) {
      const reply = insert({ body: page, headers: [["content-security-policy", before]] });
      assert.match(new HeaderTable(reply.headers).get("content-security-policy")!, after);
    }
  });
});
