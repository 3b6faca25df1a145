import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Route } from "./route.ts";
import { RouteTable } from "./route-table.ts";
import { SecretPaths } from "./secret-paths.ts";

const table = new RouteTable<undefined>();
const paths = new SecretPaths(table);
const add = (method: string, pattern: string): void => {
  const route = new Route({ method, pattern, name: undefined, place: undefined });
  table.add(route, route.bind(pattern, {}), undefined);
};
add("GET", "/account/password/reset/:token");
add("GET", "/account/password/reset/help");
add("GET", "/verify/:user/:token?");
add("POST", "/unsubscribe/:id-:signature");
add("GET", "/shared/*secret");
add("GET", "/shared/:apiKey/files/*name");
add("GET", "/books/:id");
add("GET", "/:author/books");
add("GET", "/café/:token");

describe("the path that a log shows", () => {
  for (const [method, path, shown] of [
    ["GET", "/account/password/reset/abc", "/account/password/reset/[secret]"],
    ["HEAD", "/account/password/reset/abc", "/account/password/reset/[secret]"],
    ["POST", "/account/password/reset/abc", "/account/password/reset/[secret]"],
    ["GET", "/account/password/reset/abc/", "/account/password/reset/[secret]/"],
    ["GET", "/account/p%61ssword/reset/a%20c", "/account/p%61ssword/reset/[secret]"],
    ["GET", "/account/password/reset/help", "/account/password/reset/help"],
    ["GET", "/account/password/reset/a/b", "/account/password/reset/a/b"],
    ["GET", "/account/password/reset", "/account/password/reset"],
    ["GET", "/verify/7", "/verify/7"],
    ["GET", "/verify/7/abc", "/verify/7/[secret]"],
    ["POST", "/unsubscribe/7-abc", "/unsubscribe/[secret]"],
    ["GET", "/shared/a/b/c", "/shared/[secret]"],
    ["GET", "/shared/a/files/b/c", "/shared/[secret]/files/b/c"],
    ["GET", "/books/7", "/books/7"],
    ["GET", "/ann/books", "/ann/books"],
    ["GET", "/caf%C3%A9/abc", "/caf%C3%A9/[secret]"],
    ["GET", "/nothing/abc", "/nothing/abc"],
    ["GET", "/%ff", "/%ff"],
    ["OPTIONS", "*", "*"],
  ] as const)
    it(`of ${method} ${path} is ${shown}`, () => assert.equal(paths.hide(method, path), shown));

  it("knows routes that are added later", () => {
    assert.equal(paths.hide("GET", "/late/abc"), "/late/abc");
    add("GET", "/late/:password");
    assert.equal(paths.hide("GET", "/late/abc"), "/late/[secret]");
  });
});
