import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { gable, get, head, post, put } from "gable";
import type { Context } from "gable";
import { createTestClient } from "gable/testing";

const jump = ({ params }: Context & { params: { status: number } }): Response =>
  new Response(null, { status: params.status, headers: { location: "/target?x=1" } });
const echo = async ({ method, request }: Context): Promise<string> => `${method} ${await request.text()}`;

const app = gable({
  mode: "test",
  hosts: ["shop.example", ".shop.example"],
  routes: [
    post("/jump/:status(int)", jump),
    put("/jump/:status(int)", jump),
    get("/jump/:status(int)", jump),
    head("/target", () => null),
    get("/target", echo),
    post("/target", echo),
    put("/target", echo),
    get("/away", () => new Response(null, { status: 302, headers: { location: "https://other.example/x" } })),
    get("/script", () => new Response(null, { status: 302, headers: { location: "javascript:alert(1)" } })),
    get("/own", () => new Response(null, { status: 302, headers: { location: "http://www.shop.example/target" } })),
    get("/here", () => "no redirect"),
  ],
});

describe("follow()", () => {
  const rows: Array<["get" | "post" | "put", number, string]> = [
    ["post", 301, "GET "],
    ["post", 302, "GET "],
    ["post", 303, "GET "],
    ["post", 307, "POST a=1"],
    ["post", 308, "POST a=1"],
    ["put", 301, "PUT a=1"],
    ["put", 302, "PUT a=1"],
    ["put", 303, "GET "],
    ["put", 307, "PUT a=1"],
    ["put", 308, "PUT a=1"],
    ["get", 301, "GET "],
    ["get", 307, "GET "],
  ];
  for (const [method, status, expected] of rows) {
    it(`makes "${expected}" of ${method} and ${status}`, async () => {
      const client = createTestClient(app);
      const first = await client[method](`/jump/${status}`, method === "get" ? {} : { form: { a: "1" } });
      assert.equal(first.status, status);
      const second = await first.follow();
      assert.equal(second.body, expected);
      assert.equal(second.path, "/target?x=1");
    });
  }

  it("goes to other names of the application, and to no other site", async () => {
    const client = createTestClient(app);
    assert.equal((await (await client.get("/own")).follow()).body, "GET ");
    const [away, script, here] = await Promise.all(["/away", "/script", "/here"].map((path) => client.get(path)));
    assert.throws(() => away!.follow(), /another site, https:\/\/other\.example\/x/);
    assert.throws(() => script!.follow(), /another site, javascript:/);
    assert.throws(() => here!.follow(), /no Location/);
  });
});
