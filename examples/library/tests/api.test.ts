/** Loans as JSON: tokens on the pages of the account, scopes, and what wrong requests are answered. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { manageAccounts } from "gable/auth";
import type { TestClient, TestReply } from "gable/testing";
import { createTestClient } from "gable/testing";
import app from "../app.ts";
import { Book, Loan, Reader } from "../models.ts";
import { settings } from "../settings.ts";
import type { Role } from "./open-library.ts";
import { openLibrary, run, toEmail, visitAs } from "./open-library.ts";

openLibrary();

const client = (): TestClient => createTestClient(app, { errors: "page", headers: { accept: "*/*" } });

/** Returns a program that acts for a role. */
async function programOf(role: Role, ...scopes: Array<"loans:read" | "loans:write">): Promise<TestClient> {
  const accounts = manageAccounts(app);
  const { token } = await accounts.createToken(await accounts.getByEmail(toEmail(role)), { name: "Test", scopes });
  return client().withToken(token);
}

const borrow = (program: TestClient, book: unknown): Promise<TestReply> => program.post("/api/loans", { json: { book } });

function assertProblem(reply: TestReply, status: number, code: string): void {
  assert.equal(reply.status, status, reply.body);
  assert.equal(reply.headers.get("content-type"), "application/problem+json");
  const problem = reply.json<{ status: number; code: string }>();
  assert.deepEqual([problem.status, problem.code], [status, code]);
}

describe("API tokens", () => {
  it("are made on a page of the account, shown once, work, and are revoked there", async () => {
    const reader = await visitAs("reader");
    assert.match((await reader.get("/account")).body, /href="\/account\/tokens"/);
    const page = await reader.get("/account/tokens");
    const made = await page
      .form()
      .fill({ name: "My shelf app", scopes: ["loans:read"] })
      .submit();
    const token = /gable_[\w-]+/.exec(made.body)?.[0] ?? "";
    const list = (await reader.get("/account/tokens")).body;
    assert.ok(!list.includes(token), "the list shows the token");
    const program = client().withToken(token);
    assert.deepEqual((await program.get("/api/loans")).json(), { items: [] });
    const place = /href="(\/account\/tokens\/\d+)">My shelf app/.exec(list)![1]!;
    assert.equal((await (await reader.get(place)).form().submit()).status, 303);
    assertProblem(await program.get("/api/loans"), 401, "E_TOKEN_INVALID");
    assertProblem(await program.get("/api/loans", { headers: { accept: "text/html" } }), 401, "E_TOKEN_INVALID");
  });
});

describe("loans as JSON", () => {
  it("are made, listed and ended for the reader of the token", async () => {
    const program = await programOf("reader", "loans:read", "loans:write");
    const made = await borrow(program, "emma");
    assert.equal(made.status, 201, made.body);
    const loan = made.json<{ id: number; book: object; returnedAt: unknown }>();
    assert.deepEqual([loan.book, loan.returnedAt], [{ slug: "emma", title: "Emma", url: "/books/emma" }, null]);
    assert.deepEqual((await program.get("/api/loans")).json(), { items: [loan] });
    const other = await programOf("other reader", "loans:read", "loans:write");
    assert.deepEqual((await other.get("/api/loans")).json(), { items: [] });
    assertProblem(await other.post(`/api/loans/${loan.id}/return`), 404, "E_NOT_FOUND");
    const ended = (await program.post(`/api/loans/${loan.id}/return`)).json<{ returnedAt: string }>();
    assert.ok(Date.parse(ended.returnedAt) > 0);
    assert.equal(await run(() => Loan.where({ returnedAt: null }).count()), 0);
  });

  for (const [method, path] of [
    ["get", "/api/loans"],
    ["post", "/api/loans"],
    ["post", "/api/loans/1/return"],
  ] as const) {
    it(`need a token: ${method} ${path}`, async () => {
      const send = (from: TestClient): Promise<TestReply> => from[method](path, method === "post" ? { json: { book: "emma" } } : {});
      const bare = await send(client());
      assertProblem(bare, 401, "E_TOKEN_REQUIRED");
      assert.match(bare.headers.get("www-authenticate") ?? "", /^Bearer/);
      assertProblem(await send(client().withToken("gable_wrong")), 401, "E_TOKEN_INVALID");
      // The session of a browser opens nothing here.
      assert.equal((await send(await visitAs("reader"))).status, 401);
    });

    it(`need the scope: ${method} ${path}`, async () => {
      const program = await programOf("reader", method === "get" ? "loans:write" : "loans:read");
      assertProblem(await program[method](path, method === "post" ? { json: { book: "emma" } } : {}), 403, "E_TOKEN_SCOPE");
    });
  }

  it("are refused with 409 and the reason: a second copy, and more than a reader may have", async () => {
    const program = await programOf("reader", "loans:write");
    assert.equal((await borrow(program, "emma")).status, 201);
    const second = await borrow(program, "emma");
    assertProblem(second, 409, "E_CONFLICT");
    assert.match(second.body, /You have this book at home\./);
    const reader = await run(() => Reader.get({ email: toEmail("reader") }));
    const others = await run(() => Book.where({ slug: { ne: "emma" } }).limit(settings.loansMax));
    await run(() => Loan.createMany(others.slice(1).map(({ id }) => ({ book: id, reader: reader.id, dueOn: "2030-01-01" }))));
    const full = await borrow(program, others[0]!.slug);
    assertProblem(full, 409, "E_CONFLICT");
    assert.match(full.body, /which is the most/);
    await run(() => Loan.where().all().delete());
  });

  for (const [sent, code] of [
    [{ book: "no-such-book" }, "E_CUSTOM"],
    [{ book: "" }, "E_REQUIRED"],
    [{}, "E_REQUIRED"],
    [{ book: "Not a slug" }, "E_PATTERN"],
  ] as const)
    it(`are refused with 422 and the name of the field: ${JSON.stringify(sent)}`, async () => {
      const program = await programOf("reader", "loans:write");
      const reply = await program.post("/api/loans", { json: sent });
      assertProblem(reply, 422, "E_INPUT_INVALID");
      const [error] = reply.json<{ errors: ReadonlyArray<{ path: string; code: string }> }>().errors;
      assert.deepEqual([error?.path, error?.code], ["book", code]);
    });
});
