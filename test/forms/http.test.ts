/** Forms on routes: urlencoded, multipart and queries, files, limits, programs as clients. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { gable, get, html, json, page, post } from "gable";
import type { RouteEntry } from "gable";
import { field as column } from "gable/data";
import { field as f, form } from "gable/forms";
import { createTestClient } from "gable/testing";
import * as v from "valibot";
import { z } from "zod";
import { silentLogger } from "../silent-logger.ts";

const client = (...routes: RouteEntry[]) => createTestClient(gable({ mode: "production", logger: silentLogger, routes }));
const browser = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3]);

/** A multipart body whose bytes are all there: one that Node makes on the way fails when it is not read to its end. */
async function toMultipart(data: FormData): Promise<{ body: Uint8Array<ArrayBuffer>; headers: Record<string, string> }> {
  const response = new Response(data);
  const headers = { "content-type": response.headers.get("content-type")!, "sec-fetch-site": "same-origin", ...browser };
  return { headers, body: new Uint8Array(await response.arrayBuffer()) };
}

const contactForm = form(
  {
    email: f.email(),
    topic: f.choice({ sales: "Sales", support: "Support" }),
    message: f.text({ lines: 6, max: 20 }),
    attachment: f.file({ optional: true, accept: ["image/png", "application/pdf"], bytesMax: 1000 }),
    photos: f.files({ optional: true, max: 2, bytesMax: 1000 }),
  },
  { name: "contact" },
);

const createContact = () =>
  post("/contact", { form: contactForm }, async ({ form: sent }) => {
    if (!sent.valid) return page(sent.render({ action: "/contact" }), { status: sent.status });
    const { email, topic, message, attachment, photos } = sent.data;
    const names = photos.map(({ fileName }) => fileName);
    return { email, topic, message, attachment: attachment && `${attachment.type} ${(await attachment.bytes()).length}`, photos: names };
  });
const good = { email: "a@example.com", topic: "sales", message: "Hello" };

describe("forms on routes", () => {
  it("gives the values, or the page again with everything that was typed", async () => {
    const tests = client(createContact());
    assert.deepEqual((await tests.post("/contact", { form: good })).json(), { ...good, attachment: null, photos: [] });
    const shown = await tests.post("/contact", { form: { ...good, email: "nobody", extra: "x" }, headers: browser });
    assert.equal(shown.status, 422);
    assert.match(shown.body, /value="nobody"[^>]* aria-invalid="true"/);
    assert.match(shown.body, /value="sales" checked/);
    assert.match(shown.body, /Email: Enter an email address such as name@example.com\./);
    assert.doesNotMatch(shown.body, /extra/);
  });

  it("answers a program with the errors as data", async () => {
    const tests = client(createContact());
    const accept = [
      "application/json",
      "application/problem+json",
      "application/json, text/html;q=0.5",
      "application/vnd.x+json;q=0.1, application/json",
    ];
    for (const each of accept) {
      const reply = await tests.post("/contact", { form: { ...good, message: "x".repeat(21), topic: "" }, headers: { accept: each } });
      assert.equal(reply.status, 422);
      assert.match(reply.headers.get("content-type") ?? "", /^application\/problem\+json/);
      const problem = reply.json<{ code: string; errors: unknown }>();
      assert.equal(problem.code, "E_INPUT_INVALID");
      assert.deepEqual(problem.errors, [
        { path: "topic", code: "E_REQUIRED", message: "This field is required." },
        { path: "message", code: "E_TOO_LONG", message: "Use at most 20 characters. You typed 21." },
      ]);
    }
    for (const each of ["*/*", "text/html", "text/html, application/json;q=0.9"])
      assert.match((await tests.post("/contact", { form: {}, headers: { accept: each } })).body, /error-summary/, each);
  });

  it("takes JSON by the same form, with paths and codes", async () => {
    const order = form({ address: f.group({ street: f.text({ max: 3 }) }), lines: f.set({ amount: f.int({ max: 5 }) }) });
    const tests = client(
      post("/order", { json: order }, ({ json: body }) => ({
        street: body.address.street,
        amounts: body.lines.map(({ amount }) => amount),
      })),
    );
    assert.deepEqual((await tests.post("/order", { json: { address: { street: "abc" }, lines: [{ amount: 5 }], other: 1 } })).json(), {
      street: "abc",
      amounts: [5],
    });
    const refused = await tests.post("/order", { json: { address: { street: "abcd" }, lines: [{ amount: 1 }, { amount: 6 }] } });
    assert.deepEqual(
      [refused.status, refused.json<{ errors: unknown }>().errors],
      [
        422,
        [
          { path: "address.street", code: "E_TOO_LONG", message: "Use at most 3 characters. You typed 4." },
          { path: "lines.1.amount", code: "E_TOO_LARGE", message: "Enter 5 or less." },
        ],
      ],
    );
    assert.equal((await tests.post("/order", { json: [] })).status, 422);
  });

  it("answers 422 when a handler forgets to look whether the form is valid (E_FORM_NOT_VALID)", async () => {
    const tests = client(
      post("/", { form: contactForm }, ({ form: sent }) => {
        // The types refuse it; a program without types does it anyway.
        const { data } = sent as unknown as { data: { email: string } };
        return data.email;
      }),
    );
    assert.equal((await tests.post("/", { form: good })).body, "a@example.com");
    const refused = await tests.post("/", { form: {}, headers: browser });
    assert.equal(refused.status, 422);
    const sent = await contactForm.parse({});
    assert.throws(() => (sent as unknown as { data: unknown }).data, {
      code: "E_FORM_NOT_VALID",
      status: 422,
      message: 'The form "contact" is not valid: email, topic, message.',
    });
  });

  it("takes a plain record of fields, of forms and of models", async () => {
    const tests = client(
      post(
        "/",
        { form: { name: f.text({ max: 3 }), age: column.int({ null: true, min: 0 }), cover: f.file({ optional: true, bytesMax: 100 }) } },
        ({ form: sent }) =>
          sent.valid
            ? { name: sent.data.name, age: sent.data.age, cover: sent.data.cover?.sizeBytes ?? null }
            : json(
                sent.errors().map(({ field, code }) => `${field} ${code}`),
                { status: sent.status },
              ),
      ),
    );
    assert.deepEqual((await tests.post("/", { form: { name: "abc", age: "7" } })).json(), { name: "abc", age: 7, cover: null });
    assert.deepEqual(
      (await tests.post("/", { form: { name: "abc", age: "" }, files: { cover: { name: "x", content: "12345" } } })).json(),
      { name: "abc", age: null, cover: 5 },
    );
    const refused = await tests.post("/", { form: { name: "abcd", age: "-1" } });
    assert.deepEqual([refused.status, refused.json()], [422, ["name too_long", "age too_small"]]);
    assert.throws(() => post("/", { form: { name: "text" } as never }, () => "x"), { code: "E_OPTION_INVALID" });
  });

  it("reads a form of the method get from the query, and finds nothing wrong on the first visit", async () => {
    const searchForm = form({ q: f.text({ max: 5 }), page: f.int({ optional: true, min: 1 }) }, { method: "get", name: "search" });
    const tests = client(
      get("/search", { form: searchForm }, ({ form: sent }) =>
        sent.valid ? { ...sent.data } : page(sent.render(), { status: sent.status }),
      ),
    );
    assert.deepEqual((await tests.get("/search?q=abc&page=2&utm=x")).json(), { q: "abc", page: 2 });
    const first = await tests.get("/search", { headers: browser });
    assert.deepEqual([first.status, first.body.includes("error-summary")], [200, false]);
    const wrong = await tests.get("/search?q=abcdef&page=0", { headers: browser });
    assert.equal(wrong.status, 422);
    assert.match(wrong.body, /name="q" id="search-q" value="abcdef"/);
    assert.equal((await tests.get("/search?q=%FF", { headers: browser })).status, 400);
  });

  const notDeclared: ReadonlyArray<readonly [string, string, string, number]> = [
    ["an unknown name", "unknown", "x.txt", 415],
    ["an empty file with an unknown name", "unknown", "x.txt", 415],
    ["a field of text", "title", "x.txt", 415],
    ["a group", "more", "x.txt", 415],
    ["a field of a set without its row", "rows.image", "x.txt", 415],
    ["content without a file name", "unknown", "", 415],
    ["a blank control that the form does not know", "unknown", "", 200],
    ["a declared field", "rows.0.image", "x.txt", 200],
    ["a disabled field", "fixed", "x.txt", 200],
    ["a row above the maximum of its set", "rows.2.image", "x.txt", 200],
  ];
  const image = f.file({ optional: true });
  const fields = { title: f.text({ optional: true }), fixed: f.file({ optional: true, disabled: true }), more: f.group({ image }) };
  const sets = { rows: f.set({ image }, { max: 2 }) };
  const schema = z.object({ title: z.string().optional() });
  for (const [what, name, fileName, status] of notDeclared)
    it(`answers ${status} to a file under ${what}`, async () => {
      const isBlank = what.startsWith("an empty") || what.startsWith("a blank");
      // As browsers write it: Node leaves out file names without characters.
      const head = `Content-Disposition: form-data; name="${name}"; filename="${fileName}"\r\nContent-Type: application/octet-stream`;
      const body = `--B\r\n${head}\r\n\r\n${isBlank ? "" : "content"}\r\n--B--\r\n`;
      const headers = { "content-type": "multipart/form-data; boundary=B", "sec-fetch-site": "same-origin", ...browser };
      const routes = [
        post("/form", { form: form({ ...fields, ...sets }) }, () => "read"),
        post("/record", { form: { ...fields, ...sets } }, () => "read"),
        post("/schema", { form: schema, files: { "rows.0.image": { bytesMax: 9 } } }, () => "read"),
      ];
      const app = gable({ mode: "production", logger: silentLogger, routes });
      const isSchema = status === 415 || what.startsWith("a blank") || what.startsWith("a declared");
      for (const path of ["/form", "/record", ...(isSchema ? ["/schema"] : [])]) {
        const reply = await app.request(path, { method: "POST", headers, body });
        assert.equal(reply.status, status, path);
        if (status === 415) assert.match(await reply.text(), /E_UPLOAD_NOT_DECLARED/);
      }
    });

  for (const [name, value, isTaken] of [
    ["attachment", "a.png", false],
    ["photos", "a.png", false],
    ["required", "a.png", false],
    ["more.image", "a.png", false],
    ["rows.0.image", "a.png", false],
    ["fixed", "a.png", true],
    ["attachment", "", true],
    ["photos", "", true],
    ["more.image", "", true],
    ["attachment.clear", "on", true],
  ] as const)
    it(`${isTaken ? "takes" : "refuses"} ${JSON.stringify(value)} as text for the file ${name}, in a form and in a query`, async () => {
      const fields = {
        attachment: f.file({ optional: true }),
        photos: f.files({ optional: true }),
        ...(name === "required" && { required: f.file() }),
        more: f.group({ image: f.file({ optional: true }) }, { optional: true }),
        rows: f.set({ image: f.file({ optional: true }) }),
        fixed: f.file({ optional: true, disabled: true }),
      };
      let fix: string | undefined;
      const app = gable({
        mode: "production",
        logger: silentLogger,
        onError: ({ error }) => void (fix = (error as { fix?: string }).fix),
        routes: [post("/", { form: fields }, () => "taken")],
      });
      const sent = { "rows.count": "1", [name]: value };
      const multipart = new FormData();
      for (const [key, text] of Object.entries(sent)) multipart.append(key, text);
      for (const request of [{ form: sent }, await toMultipart(multipart)]) {
        const reply = await createTestClient(app).post("/", request);
        assert.equal(reply.status, isTaken ? 200 : 415, reply.body);
      }
      const query = form(fields, { name: "search" });
      const pairs = new URLSearchParams(sent);
      if (isTaken) assert.equal((await query.parse(pairs)).valid, true);
      else
        await assert.rejects(async () => query.parse(pairs), {
          code: "E_BODY_TYPE",
          message: new RegExp(`"${name}"`),
          fix: /enctype="multipart/,
        });
      assert.ok(fix === undefined || fix.includes("enctype"), String(fix));
    });

  it("takes files: one, several, and none from a blank control", async () => {
    const tests = client(createContact());
    const files = { attachment: { name: "a.png", type: "text/html", content: png } };
    assert.equal((await tests.post("/contact", { form: good, files })).json<{ attachment: string }>().attachment, "image/png 11");
    const form_ = new FormData();
    for (const [name, value] of Object.entries(good)) form_.append(name, value);
    form_.append("attachment", new File([], ""));
    form_.append("photos", new File(["1"], "one.txt"));
    form_.append("photos", new File(["2"], "two.txt"));
    // A control that belongs to the page, and not to the form.
    form_.append("unknown", new File([], ""));
    const app = gable({ mode: "production", logger: silentLogger, routes: [createContact()] });
    const reply = await app.request("/contact", { method: "POST", body: form_, headers: { "sec-fetch-site": "same-origin" } });
    assert.deepEqual(await reply.json(), { ...good, attachment: null, photos: ["one.txt", "two.txt"] });
    const direct = await contactForm.parse(form_);
    assert.deepEqual(direct.valid && direct.data.photos.map(({ fileName }) => fileName), ["one.txt", "two.txt"]);
  });

  const fileRules: ReadonlyArray<readonly [string, Array<[string, File]>, string | null]> = [
    ["a file at its limit", [["attachment", new File([png, new Uint8Array(989)], "a.png")]], null],
    ["a file one byte over its limit", [["attachment", new File([png, new Uint8Array(990)], "a.png")]], "attachment file_large"],
    [
      "two files for one",
      [
        ["attachment", new File([png], "a.png")],
        ["attachment", new File([png], "b.png")],
      ],
      "attachment repeated",
    ],
    ["an empty file", [["attachment", new File([], "a.png")]], "attachment file_empty"],
    ["a page that claims to be an image", [["attachment", new File(["<html>"], "a.png", { type: "image/png" })]], "attachment file_type"],
    ["an image whose name is that of a page", [["attachment", new File([png], "a.html", { type: "image/png" })]], "attachment file_type"],
    ["an image without an extension", [["attachment", new File([png], "a")]], null],
    [
      "files at their count",
      [
        ["photos", new File(["1"], "1")],
        ["photos", new File(["2"], "2")],
      ],
      null,
    ],
    [
      "files one over their count",
      [
        ["photos", new File(["1"], "1")],
        ["photos", new File(["2"], "2")],
        ["photos", new File(["3"], "3")],
      ],
      "photos too_many",
    ],
    [
      "one of several over its limit",
      [
        ["photos", new File(["1"], "1")],
        ["photos", new File([new Uint8Array(1001)], "2")],
      ],
      "photos file_large",
    ],
  ];
  for (const [name, files, expected] of fileRules)
    it(`judges ${name}, from a body and from FormData`, async () => {
      const data = new FormData();
      for (const [key, value] of Object.entries(good)) data.append(key, value);
      for (const [key, file] of files) data.append(key, file);
      const codes = post("/", { form: contactForm }, ({ form: sent }) => json(sent.errors().map(({ field, code }) => `${field} ${code}`)));
      const app = gable({ mode: "production", logger: silentLogger, routes: [codes] });
      const reply = await app.request("/", { method: "POST", body: data, headers: { "sec-fetch-site": "same-origin" } });
      assert.deepEqual(await reply.json(), expected === null ? [] : [expected]);
      const direct = await contactForm.parse(data);
      assert.deepEqual(
        direct.errors().map(({ field, code }) => `${field} ${code}`),
        expected === null ? [] : [expected],
      );
    });

  it("shows the form again, with everything kept, when a file is far over its limit; a hard cap ends the reading", async () => {
    const app = gable({ mode: "production", logger: silentLogger, routes: [createContact()] });
    const send = async (bytes: number) => {
      const data = new FormData();
      for (const [name, value] of Object.entries(good)) data.append(name, value);
      data.append("attachment", new File([new Uint8Array(bytes)], "a.png"));
      const reply = await app.request("/contact", { method: "POST", ...(await toMultipart(data)) });
      return { status: reply.status, body: await reply.text() };
    };
    const shown = await send(20_000_000);
    assert.equal(shown.status, 422);
    assert.match(shown.body, /value="a@example.com"/);
    assert.match(shown.body, /Attachment: Choose a file of at most 1 kB\. Yours has 20 MB\./);
    assert.match(shown.body, /data-bytes-max="1000"/);
    // The cap: 1 MiB of text, the declared 3,000 bytes, and 32 MiB to throw away.
    assert.equal((await send(34_606_032 + 3_000)).status, 413);
  });

  it("names sizes that differ by one byte", async () => {
    const one = form({ a: f.file({ bytesMax: 5_000_000 }) });
    const data = new FormData();
    data.append("a", new File([new Uint8Array(5_000_001)], "a"));
    assert.equal((await one.parse(data)).errors()[0]!.message, "Choose a file of at most 5000000 bytes. Yours has 5000001 bytes.");
  });

  it("removes a stored file by its box, and refuses a new file and the box together", async () => {
    const profile = form({ avatar: f.file({ optional: true, initial: "me.png" }) });
    const kept = await profile.parse(new FormData());
    assert.deepEqual([kept.valid && kept.data.avatar, kept.isCleared("avatar")], [null, false]);
    const cleared = await profile.parse([["avatar.clear", "true"]]);
    assert.deepEqual([cleared.valid, cleared.isCleared("avatar")], [true, true]);
    const both = new FormData();
    both.append("avatar.clear", "true");
    both.append("avatar", new File(["x"], "x"));
    assert.deepEqual(
      (await profile.parse(both)).errors().map(({ code }) => code),
      ["file_both"],
    );
    const needed = form({ avatar: f.file({ initial: "me.png" }) });
    assert.equal((await needed.parse([])).valid, true, "a stored file is enough");
    assert.deepEqual(
      (await form({ avatar: f.file() }).parse([])).errors().map(({ code }) => code),
      ["required"],
    );
  });

  const anything = form({ a: f.text({ optional: true, lines: 1 }), f: f.files({ optional: true }) });
  const createEcho = () =>
    post("/", { form: anything }, ({ form: sent }) => (sent.valid ? String(sent.data.a?.length ?? 0) : json([...sent.errors()])));
  const urlencoded = { "content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin" };
  const pairs = (count: number): string => Array.from({ length: count }, (_, index) => `n${index}=1`).join("&");
  const bodies: ReadonlyArray<readonly [string, string, number]> = [
    ["1,000 fields", pairs(1000), 200],
    ["1,001 fields", pairs(1001), 413],
    ["a name of 256 bytes", `${"x".repeat(256)}=1`, 200],
    ["a name of 257 bytes", `${"x".repeat(257)}=1`, 413],
    ["a name of 258 bytes in 129 characters", `${encodeURIComponent("\u00e9".repeat(129))}=1`, 413],
    ["1 MiB of text", `a=${"x".repeat(1_048_574)}`, 200],
    ["1 MiB of text and a byte", `a=${"x".repeat(1_048_575)}`, 413],
    ["bytes that are not UTF-8", "a=%FF", 400],
    ["half a character", "a=%C3", 400],
    ["a replacement character that was typed", `a=${encodeURIComponent("\ufffd")}`, 200],
    ["a broken percent sign", "a=100%", 200],
  ];
  for (const [name, body, status] of bodies)
    it(`answers ${status} to a form with ${name}`, async () => {
      const app = gable({ mode: "production", logger: silentLogger, routes: [createEcho()] });
      assert.equal((await app.request("/", { method: "POST", body, headers: urlencoded })).status, status);
    });

  it("answers 415 to a body of another type, and 413 to more than 20 files", async () => {
    const app = gable({ mode: "production", logger: silentLogger, routes: [createEcho()] });
    const headers = { "content-type": "text/plain", "sec-fetch-site": "same-origin" };
    assert.equal((await app.request("/", { method: "POST", body: "a=1", headers })).status, 415);
    const send = async (count: number): Promise<number> => {
      const data = new FormData();
      for (let index = 0; index < count; index++) data.append("f", new File(["x"], `${index}`));
      return (await app.request("/", { method: "POST", ...(await toMultipart(data)) })).status;
    };
    assert.deepEqual([await send(20), await send(21)], [200, 413]);
  });
});

describe("forms of a Standard Schema", () => {
  it("give values, errors, and several files where they are declared", async () => {
    const schema = z.object({ title: z.string().min(2), tags: z.array(z.string()) });
    const files = { covers: { bytesMax: 100, multiple: true }, one: { bytesMax: 100 } };
    const tests = client(
      post("/", { form: schema, files }, ({ form: sent }) => {
        const errors = sent.errors().map(({ field, code }) => `${field} ${code}`);
        return json({
          valid: sent.valid,
          errors,
          title: sent.value("title"),
          covers: sent.filesOf("covers").map(({ fileName }) => fileName),
        });
      }),
    );
    const app = (data: FormData) =>
      gable({
        mode: "production",
        logger: silentLogger,
        routes: [post("/", { form: schema, files }, ({ form: sent }) => json(sent.errors().map(({ field, code }) => `${field} ${code}`)))],
      }).request("/", { method: "POST", body: data, headers: { "sec-fetch-site": "same-origin" } });
    // A list with one value, next to an invalid field: only that field is named.
    assert.deepEqual((await tests.post("/", { form: { title: "a", tags: "x" } })).json(), {
      valid: false,
      errors: ["title invalid"],
      title: "a",
      covers: [],
    });
    const data = new FormData();
    data.append("title", "ab");
    data.append("tags", "x");
    for (const name of ["1", "2", "3"]) data.append("covers", new File(["x"], name));
    data.append("one", new File(["x"], "1"));
    data.append("one", new File(["x"], "2"));
    assert.deepEqual(await (await app(data)).json(), ["one repeated"]);
  });

  it("run once when the schema says which names are lists, and count each name by itself when it does not", async () => {
    let runs = 0;
    const schema = z.object({ tags: z.array(z.string()), n: z.string().refine(() => (runs++, true)) });
    const tests = client(post("/", { form: schema }, ({ form: sent }) => json(sent.valid ? sent.data.tags : [])));
    assert.deepEqual((await tests.post("/", { form: { tags: "x", n: "y" } })).json(), ["x"]);
    assert.equal(runs, 1);
    const lists = v.object({ tags: v.array(v.pipe(v.string(), v.minLength(2))), title: v.pipe(v.string(), v.minLength(2)) });
    const other = client(post("/", { form: lists }, ({ form: sent }) => json(sent.errors().map(({ field }) => field))));
    assert.deepEqual((await other.post("/", { form: { tags: "xy", title: "a" } })).json(), ["title"]);
    assert.deepEqual((await other.post("/", { form: { tags: "x", title: "a" } })).json(), ["title", "tags.0"]);
  });

  it("throw when a handler reads the data of an invalid one, and take errors of the handler", async () => {
    const schema = z.object({ title: z.string() });
    const tests = client(
      post("/", { form: schema }, ({ form: sent }) => {
        if (sent.valid) sent.addError("title", "Taken.", { code: "unique" });
        return page(html`${sent.errors("title").map(({ message }) => message)} ${String(sent.valid)}`, { status: sent.status });
      }),
      post("/data", { form: schema }, ({ form: sent }) => (sent as unknown as { data: string }).data),
    );
    const reply = await tests.post("/", { form: { title: "x" }, headers: browser });
    assert.deepEqual([reply.status, reply.body.includes("Taken. false")], [422, true]);
    assert.equal((await tests.post("/data", { form: {}, headers: browser })).status, 422);
  });
});
