import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { gable, post } from "gable";
import { field, form } from "gable/forms";
import { silentLogger } from "../../test/silent-logger.ts";

const one = form({ a: field.text({ optional: true }), up: field.file({ optional: true }) });

function makeApp(): ReturnType<typeof gable> {
  return gable({
    mode: "test",
    logger: silentLogger,
    routes: [
      post("/declared", { form: one }, ({ form: sent }) => ({ a: sent.value("a") })),
      post("/read", async ({ request }) => ({ a: (await request.formData()).get("a") })),
      post("/cloned", async ({ request }) => ({ a: (await request.clone().formData()).get("a") })),
      post("/files", async ({ request }) =>
        Promise.all(
          [...(await request.formData())].map(async ([name, value]) => [
            name,
            typeof value === "string" ? value : [value.name, value.type, await value.text()],
          ]),
        ),
      ),
      post("/json", async ({ request }) => ({ read: await request.clone().json() })),
      post("/twice", async ({ request }) => [await request.json(), await request.json()]),
      post("/after", async ({ request }) => [await request.text(), await request.json()]),
    ],
  });
}

function part(header: string, value = "x"): string {
  return `--B\r\n${header}\r\n\r\n${value}\r\n--B--\r\n`;
}

const multipart = "multipart/form-data; boundary=B";
const urlencoded = "application/x-www-form-urlencoded";
const named = 'Content-Disposition: form-data; name="a"';

/** Bodies that a runtime decodes by guessing. Every way to read a form refuses them, or gives the same value. */
const bodies: ReadonlyArray<readonly [what: string, type: string, body: string, a: string | undefined]> = [
  ["a text field", multipart, part(named), "x"],
  ["a charset of the part", multipart, part(`${named}\r\nContent-Type: text/plain; charset=iso-2022-jp`), undefined],
  ["UTF-8 as the charset of the part", multipart, part(`${named}\r\nContent-Type: text/plain; charset="utf-8"`), "x"],
  ["filename* alone", multipart, part(`${named}; filename*=UTF-8''x.txt`), undefined],
  ["filename* in sections", multipart, part(`${named}; filename*0="x"; filename*1="y"`), undefined],
  ["name twice", multipart, part(`${named}; name="b"`), undefined],
  ["a parameter without a value", multipart, part(`${named}; filename`), undefined],
  ["base64", multipart, part(`${named}\r\nContent-Transfer-Encoding: base64`, "eHg="), undefined],
  ["a charset of the form", `${multipart}; charset=latin1`, part(named), undefined],
  ["boundary twice", `${multipart}; boundary=C`, part(named), undefined],
  ["the field _charset_", multipart, part('Content-Disposition: form-data; name="_charset_"', "iso-8859-1"), undefined],
  ["a pair", urlencoded, "a=x", "x"],
  ["an empty parameter of the type", `${urlencoded};`, "a=x", "x"],
  ["bytes that are not UTF-8", urlencoded, "a=%E4", undefined],
  ["a charset of pairs", `${urlencoded}; charset=iso-8859-1`, "a=x", undefined],
  ["another type", "text/plain", "a=x", undefined],
];

describe("request.formData()", () => {
  for (const [what, type, body, a] of bodies)
    it(`reads or refuses as a declared form does: ${what}`, async () => {
      const app = makeApp();
      for (const path of ["/declared", "/read", "/cloned"]) {
        const headers = { "content-type": type, accept: "application/json" };
        const reply = await app.request(path, { method: "POST", body, headers });
        if (a === undefined) assert.ok([400, 415].includes(reply.status), `${path}: ${reply.status}`);
        else assert.deepEqual(await reply.json(), { a }, path);
      }
    });

  it("gives files with their names and types", async () => {
    const sent = new FormData();
    sent.append("up", new File(["one"], "a b.txt", { type: "text/plain" }));
    sent.append("up", new File(["ü"], "ü.bin", { type: "application/octet-stream" }));
    sent.append("a", "ö");
    const reply = await makeApp().request("/files", { method: "POST", body: sent });
    assert.deepEqual(await reply.json(), [
      ["up", ["a b.txt", "text/plain", "one"]],
      ["up", ["ü.bin", "application/octet-stream", "ü"]],
      ["a", "ö"],
    ]);
  });

  for (const [count, status] of [
    [1000, 200],
    [1001, 413],
  ] as const)
    it(`takes 1,000 fields and no more: ${count}`, async () => {
      const body = new URLSearchParams(Array.from({ length: count }, () => ["a", ""]));
      assert.equal((await makeApp().request("/read", { method: "POST", body })).status, status);
    });
});

describe("request.json()", () => {
  it("answers 400 for malformed JSON of a clone", async () => {
    assert.equal((await makeApp().request("/json", { method: "POST", body: "{" })).status, 400);
    assert.deepEqual(await (await makeApp().request("/json", { method: "POST", body: "{}" })).json(), { read: {} });
  });

  for (const path of ["/twice", "/after"])
    it(`says that the body was read before: ${path}`, async () => {
      const codes: unknown[] = [];
      const app = makeApp();
      app.observe({ error: (_id, error) => void codes.push((error as { code?: unknown }).code) });
      assert.equal((await app.request(path, { method: "POST", body: "{}" })).status, 500);
      assert.deepEqual(codes, ["E_BODY_USED"]);
    });
});
