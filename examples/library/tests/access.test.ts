/** Who may open what: every route of the application, for every role. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { TestClient } from "gable/testing";
import app from "../app.ts";
import { addDays } from "../loans/lending.ts";
import { Author, Book, Loan, Proposal, Reader } from "../models.ts";
import type { Role } from "./open-library.ts";
import { openLibrary, run, toEmail, visitAs } from "./open-library.ts";

openLibrary();

const roles: readonly Role[] = ["anonymous", "reader", "other reader", "staff"];
const book = { title: "New", author: "1", year: "1900", language: "en", description: "A book.", copies: "1", slug: "" };
const accept = { ...book, title: "Accepted", author: "Somebody" };
const proposal = { title: "A proposal", author: "Somebody", year: "1900", language: "en", reason: "It is worth reading." };

/** A route with the statuses for all roles, in the order of `roles`, and the form that is sent to it. */
type Row = readonly [route: string, statuses: readonly [number, number, number, number], form?: Readonly<Record<string, string>>];

// The loan 1 and the proposal 1 belong to the role "reader". A page that needs a login leads to it (303); anything else gets 401.
const table: readonly Row[] = [
  ["GET /static/app.css", [200, 200, 200, 200]],
  ["GET /", [200, 200, 200, 200]],
  ["GET /books", [200, 200, 200, 200]],
  ["GET /books/emma", [200, 200, 200, 200]],
  ["GET /books/emma/card", [200, 200, 200, 200]],
  ["GET /authors/1", [200, 200, 200, 200]],
  ["GET /books.csv", [200, 200, 200, 200]],
  ["GET /books.atom", [200, 200, 200, 200]],
  ["GET /sitemap.xml", [200, 200, 200, 200]],
  ["GET /api/books", [200, 200, 200, 200]],
  ["GET /api/books/emma", [200, 200, 200, 200]],
  ["GET /api/authors/1", [200, 200, 200, 200]],
  ["GET /api/loans", [401, 401, 401, 401]],
  ["POST /api/loans", [401, 401, 401, 401]],
  ["POST /api/loans/1/return", [401, 401, 401, 401]],
  ["GET /media/covers/x.png", [404, 404, 404, 404]],
  ["GET /media/proposals/x.png", [403, 403, 403, 403]],
  ["GET /account/login", [200, 303, 303, 303]],
  ["POST /account/login", [422, 303, 303, 303], { email: "nobody@example.com", password: "wrong-password" }],
  ["GET /account/logout", [200, 200, 200, 200]],
  ["GET /account/register", [200, 303, 303, 303]],
  ["POST /account/register", [200, 303, 303, 303], { email: "new@example.com", name: "New", password: "a long password" }],
  ["GET /account/password/forgot", [200, 200, 200, 200]],
  ["POST /account/password/forgot", [200, 200, 200, 200], { email: "nobody@example.com" }],
  ["GET /account/password/reset/token", [303, 303, 303, 303]],
  ["GET /account/password/reset", [410, 410, 410, 410]],
  ["POST /account/password/reset", [410, 410, 410, 410], { password: "a long password" }],
  ["GET /account/verify/token", [410, 410, 410, 410]],
  ["POST /account/verify/token", [410, 410, 410, 410]],
  ["GET /account/password", [303, 200, 200, 200]],
  ["POST /account/password", [401, 422, 422, 422], { current: "wrong", password: "a long password" }],
  ["GET /account/email", [303, 200, 200, 200]],
  ["POST /account/email", [401, 422, 422, 422], { current: "wrong", email: "new@example.com" }],
  ["GET /account/confirm", [303, 200, 200, 200]],
  ["POST /account/confirm", [401, 422, 422, 422], { password: "wrong" }],
  ["GET /account/sessions", [303, 200, 200, 200]],
  ["POST /account/sessions", [401, 303, 303, 303], { end: "others" }],
  ["GET /account/tokens", [303, 200, 200, 200]],
  ["POST /account/tokens", [401, 422, 422, 422], { name: "" }],
  ["GET /account/tokens/1", [303, 404, 404, 404]],
  ["POST /account/tokens/1", [401, 404, 404, 404]],
  ["GET /account/login/code", [303, 303, 303, 303]],
  ["POST /account/login/code", [303, 303, 303, 303], { code: "123456" }],
  ["GET /account/confirm/code", [303, 303, 303, 303]],
  ["POST /account/confirm/code", [401, 303, 303, 303], { code: "123456" }],
  ["GET /account/two-factor", [303, 200, 200, 200]],
  ["POST /account/two-factor", [401, 422, 422, 422], { code: "123456" }],
  ["GET /account/two-factor/codes", [303, 303, 303, 303]],
  ["POST /account/two-factor/codes", [401, 303, 303, 303]],
  ["GET /account/two-factor/off", [303, 303, 303, 303]],
  ["POST /account/two-factor/off", [401, 303, 303, 303]],
  ["GET /account", [303, 200, 200, 200]],
  ["POST /account", [401, 303, 303, 303], { name: "A name" }],
  ["GET /loans", [303, 200, 200, 200]],
  ["GET /books/emma/borrow", [303, 303, 303, 303]],
  ["POST /books/emma/borrow", [401, 303, 303, 303]],
  ["GET /loans/1/return", [303, 303, 303, 303]],
  ["POST /loans/1/return", [401, 303, 404, 303]],
  ["GET /proposals", [303, 200, 200, 200]],
  ["GET /proposals/new", [303, 200, 200, 200]],
  ["POST /proposals/new", [401, 303, 303, 303], proposal],
  ["GET /proposals/1", [303, 200, 404, 404]],
  ["GET /staff", [303, 403, 403, 200]],
  ["GET /staff/reminders", [303, 403, 403, 303]],
  ["POST /staff/reminders", [401, 403, 403, 303]],
  ["GET /staff/books/new", [303, 403, 403, 200]],
  ["POST /staff/books/new", [401, 403, 403, 303], book],
  ["GET /staff/books/emma", [303, 403, 403, 200]],
  ["POST /staff/books/emma", [401, 403, 403, 303], { ...book, slug: "emma" }],
  ["GET /staff/books/emma/delete", [303, 403, 403, 200]],
  ["GET /staff/proposals/1/accept", [303, 403, 403, 200]],
  ["POST /staff/proposals/1/accept", [401, 403, 403, 303], accept],
  ["GET /staff/proposals/1/decline", [303, 403, 403, 200]],
  ["POST /staff/proposals/1/decline", [401, 403, 403, 303], { answer: "No." }],
  // These end what the others need.
  ["POST /staff/books/emma/delete", [401, 403, 403, 303]],
  ["POST /account/logout", [303, 303, 303, 303]],
];

describe("access", () => {
  it("is decided for every route of the application", () => {
    const routes = app.routes.map((route) => {
      const params = {
        slug: "emma",
        id: route.pattern.includes(":id(int)") ? 1 : "1",
        name: "app.css",
        key: "covers/x.png",
        token: "token",
        part: "html",
      };
      const url = (route as { url(params: object): string }).url(params); // Each route takes what it needs.
      return `${route.method} ${url}`;
    });
    // One route serves all stored files.
    const tested = table.map(([route]) => route).filter((route) => route !== "GET /media/proposals/x.png");
    // The reply of this one does not end. live.test.ts reads it.
    assert.deepEqual([...tested, "GET /books/emma/copies"].toSorted(), routes.toSorted());
  });

  const clients = new Map<Role, TestClient>();
  for (const [route, statuses, form] of table)
    it(`of ${route}: ${statuses.join(", ")}`, async () => {
      const found: number[] = [];
      for (const role of roles) {
        clients.set(role, clients.get(role) ?? (await visitAs(role)));
        const [method, path] = (await withRows(route)).split(" ") as [string, string];
        const reply = await clients.get(role)!.request(method, path, form === undefined ? {} : { form });
        found.push(reply.status);
        if (role === "anonymous" && reply.status === 303 && !path.startsWith("/account/"))
          assert.equal(reply.headers.get("location"), `/account/login?next=${encodeURIComponent(path)}`);
      }
      assert.deepEqual(found, statuses);
    });

  const strangers = new Map<Role, TestClient>();
  for (const [route, , form = {}] of table.filter(([route]) => !route.startsWith("GET")))
    it(`refuses ${route} from other sites`, async () => {
      const [method, path] = (await withRows(route)).split(" ") as [string, string];
      for (const role of ["anonymous", "staff"] as const)
        for (const site of ["cross-site", "same-site"]) {
          if (!strangers.has(role)) strangers.set(role, await visitAs(role));
          const reply = await strangers
            .get(role)!
            .request(method, path, { form, headers: { "sec-fetch-site": site, origin: "https://evil.example" } });
          assert.deepEqual([reply.status, role], [403, role]);
        }
    });
});

/** Makes the rows that a route of the table is about, and returns the route with their keys. */
async function withRows(route: string): Promise<string> {
  return run(async () => {
    const reader = await Reader.get({ email: toEmail("reader") });
    const author = (await Author.where().first())!;
    await Loan.where().all().delete();
    const emma = await Book.getOrCreate(
      { slug: "emma" },
      { title: "Emma", year: 1815, language: "en", description: "A book.", copies: 9, author: author.id },
    );
    await Book.where({ id: emma.id }).update({ copies: 9 });
    if (route.includes("/loans/1/")) {
      const loan = await Loan.create({ reader: reader.id, book: emma.id, dueOn: addDays(new Date(), 1) });
      return route.replace("/loans/1/", `/loans/${loan.id}/`);
    }
    if (route.includes("/proposals/1")) {
      const row = await Proposal.create({ ...proposal, year: 1900, language: "en", reader: reader.id });
      return route.replace("/proposals/1", `/proposals/${row.id}`);
    }
    return route;
  });
}
