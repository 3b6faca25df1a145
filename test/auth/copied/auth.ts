/** `gable/auth` for the tests of accounts: the routes are those of a generated project. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { RouteEntry } from "gable";
import { defineAccounts as defineReal } from "gable/auth";
import { makeAccountRoutes } from "../../../src/cli/make/account-routes.ts";

export * from "gable/auth";

const require = createRequire(import.meta.url);
const folder = mkdtempSync(join(tmpdir(), "gable-copied-"));
let made = 0;
process.once("exit", () => {
  rmSync(folder, { recursive: true, force: true });
  console.log(`# copied pages: ${made}`);
});

/** Where the views of accounts are. */
export const viewsOf = new WeakMap<object, string>();

/** What the generated pages import. */
const shelf: { accounts?: unknown } = {};
Object.assign(globalThis, { copiedAccounts: shelf });

/** Defines accounts, and replaces their routes by those that the generator writes for their options. */
export const defineAccounts: typeof defineReal = (options) => {
  const accounts = defineReal(options);
  const place = join(folder, String(++made));
  const project = { app: { file: "app.ts", text: "views" }, hasLayout: false, hasPages: false };
  const { files } = makeAccountRoutes(
    project,
    { options: accounts.options, login: accounts.login, hasMail: true, hasTasks: false },
    { file: "app.ts", text: "accounts.routes" },
  );
  const views = Object.entries(files).filter(([name]) => name.startsWith("views/"));
  // The same views are compiled once.
  const viewPlace = join(folder, createHash("sha256").update(JSON.stringify(views)).digest("hex"));
  const write = (at: string, name: string, text: string): void => {
    mkdirSync(dirname(join(at, name)), { recursive: true });
    writeFileSync(join(at, name), text);
  };
  if (!existsSync(viewPlace)) for (const [name, text] of views) write(viewPlace, name, text);
  for (const [name, text] of Object.entries(files)) if (name.endsWith(".ts")) write(place, name, text);
  write(place, "accounts/accounts.ts", "export const { accounts } = globalThis.copiedAccounts;\n");
  shelf.accounts = accounts;
  // The generated module exports it.
  const { accountRoutes } = require(join(place, "accounts/pages/index.ts")) as { readonly accountRoutes: readonly RouteEntry[] };
  const copied = Object.freeze({ ...accounts, routes: accountRoutes });
  viewsOf.set(copied, viewPlace);
  return copied;
};
