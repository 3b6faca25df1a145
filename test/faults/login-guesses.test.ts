/**
 * Guesses at one password over four processes with one database: they share the throttle, and at most 10 are evaluated in any minute.
 * `GABLE_FAULTS=long npm run faults -- login-guesses` is the long form: 1,000 guesses over more than two minutes.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { accountFields } from "gable/auth";
import { createDatabase, Model } from "gable/data";
import { rateModel } from "gable/security";
import { sessionModel } from "gable/session";
import { placePostgres, skipPostgres } from "../data/databases.ts";

const isLong = process.env["GABLE_FAULTS"] === "long";
const [guesses, pauseMs] = isLong ? [250, 500] : [25, 0];
const processes = 4;
const program = fileURLToPath(new URL("./login-guesser.ts", import.meta.url));
const register = new URL("../../scripts/source.mjs", import.meta.url).href;

/** What login-guesser.ts prints. */
interface Guessed {
  readonly evaluatedAt: readonly number[];
  readonly statuses: readonly number[];
}

function runGuesser(url: string, client: number): Promise<Guessed> {
  return new Promise((resolve, reject) => {
    const args = ["--import", register, program, url, String(client), String(guesses), String(pauseMs)];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += String(chunk)));
    child.once("error", reject);
    child.once("close", (status) =>
      status === 0 ? resolve(JSON.parse(output) as Guessed) : reject(new Error(`A process ended with ${status}: ${output}`)),
    );
  });
}

describe(`${processes * guesses} guesses over ${processes} processes`, { skip: skipPostgres }, () => {
  it("are evaluated at most 10 times in any minute, and refused with 429 otherwise", { timeout: 600_000 }, async (test) => {
    const { url, remove } = await placePostgres();
    test.after(remove);
    class User extends Model("users", accountFields()) {}
    const database = await createDatabase({ url, models: [User, sessionModel(), rateModel()] });
    await database.createTables();
    await database.run(() => User.create({ email: "ann@example.com", password: "counted$", emailVerifiedAt: new Date() }));
    await database.close();

    const startedAt = Date.now();
    const results = await Promise.all(Array.from({ length: processes }, (_, index) => runGuesser(url, index + 1)));
    const seconds = (Date.now() - startedAt) / 1_000;

    const evaluatedAt = results.flatMap((each) => each.evaluatedAt).toSorted((one, other) => one - other);
    const statuses = results.flatMap((each) => each.statuses);
    const most = Math.max(...evaluatedAt.map((from) => evaluatedAt.filter((at) => at >= from && at < from + 60_000).length));
    test.diagnostic(
      `${evaluatedAt.length} of ${statuses.length} guesses were evaluated in ${seconds.toFixed(1)} s, at most ${most} in a minute`,
    );
    assert.equal(statuses.length, processes * guesses);
    assert.deepEqual([statuses.filter((status) => status === 422).length, new Set(statuses)], [evaluatedAt.length, new Set([422, 429])]);
    // 5 in a burst, and one more each 12 s, for as long as the processes have run.
    assert.ok(evaluatedAt.length >= 5 && evaluatedAt.length <= 5 + Math.floor(seconds / 12), `${evaluatedAt.length} in ${seconds} s`);
    assert.ok(most <= 10, `${most} guesses were evaluated in one minute`);
  });
});
