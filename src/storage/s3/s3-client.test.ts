/** Signatures of requests, against the examples in the documentation of AWS, and the texts of replies. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { loadAws4 } from "./load-package.ts";
import { readElement } from "./s3-client.ts";

/** The account, bucket and time of the examples in "Signature Calculations for the Authorization Header" of the S3 API reference. */
const example = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" };
const target = { host: "examplebucket.s3.amazonaws.com", service: "s3", region: "us-east-1" };
const time = "20130524T000000Z";

const cases: ReadonlyArray<readonly [title: string, request: object, signature: string]> = [
  [
    "a part of a file",
    { path: "/test.txt", headers: { range: "bytes=0-9" }, extraHeadersToInclude: { range: true } },
    "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
  ],
  [
    "storing a file",
    {
      method: "PUT",
      path: "/test%24file.text",
      headers: {
        date: "Fri, 24 May 2013 00:00:00 GMT",
        "x-amz-storage-class": "REDUCED_REDUNDANCY",
        "x-amz-content-sha256": "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
      },
    },
    "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
  ],
  ["a query without a value", { path: "/?lifecycle=" }, "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"],
  ["a query with values", { path: "/?max-keys=2&prefix=J" }, "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"],
];

describe("signatures of requests", () => {
  for (const [title, request, signature] of cases)
    it(`are those of AWS for ${title}`, async () => {
      const { sign } = await loadAws4();
      const { headers = {}, ...rest } = request as { headers?: Record<string, string> };
      const signed = sign({ ...target, ...rest, headers: { ...headers, "x-amz-date": time } }, { ...example });
      assert.match(String(signed.headers!["Authorization"]), new RegExp(`Signature=${signature}$`));
    });

  it("are those of AWS for an address that expires after a day", async () => {
    const { sign } = await loadAws4();
    const signed = sign({ ...target, path: `/test.txt?X-Amz-Expires=86400&X-Amz-Date=${time}`, signQuery: true }, { ...example });
    assert.match(signed.path!, /X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404$/);
  });
});

describe("readElement()", () => {
  it("reads the text of an element", () => {
    for (const [xml, expected] of [
      ["<Error><Code>SlowDown</Code><Message>a</Message></Error>", "SlowDown"],
      ["<Code>&lt;a&amp;lt;&quot;&apos;&gt;</Code>", "<a&lt;\"'>"],
      ["<Code></Code>", undefined],
      ["<Codes>a</Codes>", undefined],
      ["<Code>a", undefined],
      [`<Code>${"a".repeat(2_000)}</Code>`, "a".repeat(2_000)],
      [`<Code>${"a".repeat(2_001)}</Code>`, undefined],
    ] as const)
      assert.equal(readElement(xml, "Code"), expected, xml.slice(0, 80));
  });
});
