/** The pages that guards, mails and redirects of accounts lead to: routes of the application, found by their names. */
import { GableError } from "../errors/gable-error.ts";
import type { PartHost } from "../parts/part.ts";
import type { Route } from "../routing/route.ts";

/** The names, without `accounts.`, and the parameter that a page of this name needs. */
const pages = {
  login: undefined,
  loginCode: undefined,
  confirm: undefined,
  confirmCode: undefined,
  register: undefined,
  verify: "token",
  forgot: undefined,
  openReset: "token",
  reset: undefined,
  password: undefined,
  firstPassword: undefined,
  twoFactor: undefined,
  provider: "provider",
  providerCallback: "provider",
  providerConfirm: "provider",
  providerPage: undefined,
} as const;

/** Name of a page, without `accounts.`. */
export type AccountPageName = keyof typeof pages;

/** Finds the pages of accounts of one application. */
export class NamedRoutes {
  readonly #host: Pick<PartHost, "findRoute">;
  readonly #found = new Map<AccountPageName, Route>();

  constructor(host: Pick<PartHost, "findRoute">) {
    this.#host = host;
  }

  /** Whether the application has a page. */
  has(name: AccountPageName): boolean {
    return this.#find(name) !== undefined;
  }

  /** Throws `E_ACCOUNTS_SETUP` when the application does not have a page: before work that ends after the reply. */
  assert(name: AccountPageName): void {
    if (!this.has(name)) throw missing(name);
  }

  /** Returns the path of a page, with its one parameter. Throws `E_ACCOUNTS_SETUP` when the application does not have it. */
  url(name: AccountPageName, parameter?: string): string {
    const route = this.#find(name);
    if (route === undefined) throw missing(name);
    const needed = pages[name];
    return route.url((needed === undefined ? {} : { [needed]: parameter }) as never); // #find() has seen the parameter.
  }

  #find(name: AccountPageName): Route | undefined {
    const known = this.#found.get(name);
    if (known !== undefined) return known;
    const route = this.#host.findRoute(`accounts.${name}`);
    const needed = pages[name];
    if (route === undefined) return undefined;
    if (needed !== undefined && !new RegExp(`:${needed}\\b`).test(route.pattern))
      throw new GableError(
        "E_ACCOUNTS_SETUP",
        `The route "${route.pattern}" with the name "accounts.${name}" has no parameter ${needed}.`,
        {
          fix: `Write it into the pattern: "/path/:${needed}".`,
        },
      );
    this.#found.set(name, route);
    return route;
  }
}

function missing(name: AccountPageName): GableError {
  return new GableError("E_ACCOUNTS_SETUP", `The application has no route with the name "accounts.${name}".`, {
    fix: `Put accounts.routes into the routes of gable(), or give your own page the name: get("/path", { name: "accounts.${name}" }, ...).`,
  });
}
