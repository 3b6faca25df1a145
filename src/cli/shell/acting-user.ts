/** The user on whose behalf a shell works: `as()`, `request()`, and the flag `--as`. */
import type { Application, Context } from "gable";
import { GableError } from "gable";
import type { Account } from "gable/auth";
import { manageAccounts } from "gable/auth";

/** A user for {@link ActingUser}: an e-mail address or a user name, a row of the model of accounts, or null for nobody. */
type UserInput = string | Account | null;

/** Sets the user of all requests that the shell makes. No session is written. */
export class ActingUser {
  readonly #app: Application;
  #user: Account | null = null;

  constructor(app: Application) {
    this.#app = app;
  }

  /** The user; null for nobody. */
  get user(): Account | null {
    return this.#user;
  }

  /**
   * Sets the user for what follows, and returns the row. With a function, only the function runs as this user, with the context of
   * a request; its result is returned. Throws `E_ACCOUNT_UNKNOWN`, `E_COMMAND_USAGE` without accounts.
   */
  async as(input: UserInput, work?: (context: Context) => unknown): Promise<unknown> {
    const before = this.#user;
    await this.#set(await this.#find(input));
    if (work === undefined) return this.#user;
    if (typeof work !== "function")
      throw new GableError("E_COMMAND_USAGE", "as(user, work): work is not a function.", { fix: "Write as(user, ({ user }) => ...)." });
    try {
      let result: unknown;
      await this.#app.visit(new Headers(), async (context) => {
        result = await work(context);
      });
      return result;
    } finally {
      await this.#set(before);
    }
  }

  /** Sends a request to the application, as the browser of the user would from a page of the site. */
  request(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (!headers.has("accept")) headers.set("accept", "text/html,*/*;q=0.8");
    if (!headers.has("sec-fetch-site")) headers.set("sec-fetch-site", "same-origin");
    return this.#app.request(path, { ...init, headers });
  }

  async #find(input: UserInput): Promise<Account | null> {
    if (this.#app.options.accounts === undefined)
      throw new GableError("E_COMMAND_USAGE", "as(): the application has no accounts.", { fix: "Pass accounts to gable()." });
    if (input === null) return null;
    if (typeof input === "string") return manageAccounts(this.#app).getByName(input);
    if (typeof input === "object" && "id" in input && "email" in input) return input;
    throw new GableError("E_COMMAND_USAGE", "as() takes a row of your model of accounts, an e-mail address or a user name, or null.", {
      fix: 'Write as("ann@example.com").',
    });
  }

  async #set(user: Account | null): Promise<void> {
    this.#user = user;
    manageAccounts(this.#app).actAs(user ?? undefined);
  }
}
