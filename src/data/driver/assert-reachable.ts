/** Opens the first connection to a server when the database is opened, and explains a failure. */
import { toErrorText } from "../../errors/error-text.ts";
import { GableError, isGableError } from "../../errors/gable-error.ts";
import type { Driver } from "./contract.ts";

/** Error codes of PostgreSQL, MariaDB and MySQL, with what to do about them. */
const fixes: ReadonlyArray<readonly [codes: RegExp, fix: string]> = [
  [
    /^(?:28P01|28000|ER_ACCESS_DENIED_ERROR|ER_ACCESS_DENIED_NO_PASSWORD_ERROR)$/,
    "Correct the user and the password in its address, or create the user.",
  ],
  [
    /^(?:3D000|ER_BAD_DB_ERROR|ER_DBACCESS_DENIED_ERROR)$/,
    "Create the database, give the user access to it, or correct its name in the address.",
  ],
  [/^(?:ECONNREFUSED|ENOENT|ECONNRESET|ETIMEDOUT|EHOSTUNREACH)$/, "Start the server, or correct the host and the port in the address."],
  [/^(?:ENOTFOUND|EAI_AGAIN)$/, "Correct the host in the address."],
  [/^(?:53300|ER_CON_COUNT_ERROR)$/, "Raise the connection limit of the server, or lower poolMax."],
];

/** Opens a connection and keeps it for the first query. Throws `E_DATABASE_OPEN` without the password; passes on errors with codes. */
export async function assertReachable(driver: Driver, url: string): Promise<void> {
  try {
    const connection = await driver.acquire({ write: false });
    connection.release();
  } catch (error) {
    throw isGableError(error) ? error : toOpenError(url, error);
  }
}

function toOpenError(url: string, error: unknown): GableError {
  const { host, pathname, username, password } = new URL(url);
  const code = codeOf(error);
  const name = decodeURIComponent(pathname.slice(1));
  const said = hidePassword(toErrorText(error) || code, password);
  const fix = fixes.find(([codes]) => codes.test(code))?.[1];
  const usual = "Check the host and the port in its address, and that a server of this kind listens there.";
  return new GableError("E_DATABASE_OPEN", `The database "${name}" on ${host} cannot be opened (${code}): ${said}`, {
    fix: fix ?? usual,
    details: { reason: code, host, database: name, user: decodeURIComponent(username) },
  });
}

function codeOf(error: unknown): string {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "no code";
}

function hidePassword(text: string, password: string): string {
  if (password === "") return text;
  return [decodeURIComponent(password), password].reduce((shown, secret) => shown.replaceAll(secret, "***"), text);
}
