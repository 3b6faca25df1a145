/** Looks at the databases of a project for `gable doctor`: whether they answer, and whether their clocks agree. */
import { existsSync } from "node:fs";
import { isGableError } from "gable";
import type { Database, NamedDatabaseOptions } from "gable/data";
import { createDatabase, sql } from "gable/data";
import { toErrorText } from "../../errors/error-text.ts";
import { findSqliteFile } from "../database-url.ts";
import type { Project } from "../project.ts";
import type { Finding } from "./finding.ts";
import { judgeClock } from "./judge.ts";

/** Looks at each database of the application. A project that cannot be loaded gives one finding. */
export async function measureDatabases(project: Project): Promise<Finding[]> {
  let databases: Readonly<Record<string, NamedDatabaseOptions>>;
  try {
    ({ databases } = (await project.loadApp()).describe());
  } catch (error) {
    return [toFinding("application", error)];
  }
  const findings: Finding[] = [];
  for (const [name, options] of Object.entries(databases)) findings.push(...(await openAndMeasure(`database ${name}`, options)));
  return findings;
}

async function openAndMeasure(check: string, { of: _of, ...options }: NamedDatabaseOptions): Promise<Finding[]> {
  const file = findSqliteFile(options.url);
  // Opening it would make the file.
  if (file !== undefined && !existsSync(file))
    return [
      { check, state: "warning", found: `the file ${file} does not exist`, fix: "Run: npx gable db create, then npx gable db migrate." },
    ];
  try {
    const database = await createDatabase({ ...options, models: [], bind: false });
    return await measureDatabase(check, database).finally(() => database.close());
  } catch (error) {
    return [toFinding(check, error)];
  }
}

async function measureDatabase(check: string, database: Database): Promise<Finding[]> {
  const start = performance.now();
  const { dialect } = database;
  const seconds = {
    sqlite: sql`SELECT 0 AS seconds`,
    postgres: sql`SELECT extract(epoch FROM clock_timestamp()) AS seconds, lower('Ä') = 'ä' AS "changesCase"`,
    mariadb: sql`SELECT unix_timestamp(sysdate(3)) AS seconds`,
    mysql: sql`SELECT unix_timestamp(sysdate(3)) AS seconds`,
  }[dialect];
  const before = Date.now();
  const [row] = await database.query<{ seconds: unknown; changesCase?: boolean }>(seconds);
  const after = Date.now();
  const answered: Finding = { check, state: "ok", found: `${dialect} answers in ${Math.ceil(performance.now() - start)} ms` };
  if (dialect === "sqlite") return [answered];
  const theirs = Number(row!.seconds) * 1_000;
  // The server looked at its clock between the two.
  const difference = theirs < before ? before - theirs : Math.min(0, after - theirs);
  const clock = judgeClock(`clock of ${check}`, "the database server", difference);
  return row!.changesCase === false ? [answered, asciiOnly(`letters of ${check}`), clock] : [answered, clock];
}

/** PostgreSQL leaves the case of other letters alone under `LC_CTYPE "C"`. */
function asciiOnly(check: string): Finding {
  return {
    check,
    state: "warning",
    found: "PostgreSQL changes the case of a to z only, so ieq and icontains do not find Ä for ä",
    fix: "Make another database: CREATE DATABASE name TEMPLATE template0 LC_CTYPE 'C.UTF-8'. Then move the rows with pg_dump.",
  };
}

function toFinding(check: string, error: unknown): Finding {
  if (!isGableError(error))
    return {
      check,
      state: "error",
      found: toErrorText(error),
      fix: "Correct the error, and run the command again.",
    };
  return { check, state: "error", found: `${error.code}: ${error.message}`, fix: error.fix };
}
