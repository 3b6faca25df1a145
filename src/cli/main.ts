/** The command line: all commands, those of the project included. */
import type { AnyBuiltIn } from "./built-in.ts";
import { about } from "./commands/about.ts";
import { build } from "./commands/build.ts";
import { check } from "./commands/check.ts";
import { dbCheck, dbSql, dbStatus } from "./commands/db-look.ts";
import { dbBackup, dbDump, dbLoad } from "./commands/db-dump.ts";
import { dbLint, dbPull, dbSquash } from "./commands/db-files.ts";
import { dbMake } from "./commands/db-make.ts";
import { dbMigrate, dbRollback } from "./commands/db-run.ts";
import { dbCreate, dbDrop, dbReset, dbSeed, dbShell, dbSize } from "./commands/db-whole.ts";
import { deployMake } from "./commands/deploy.ts";
import { dev } from "./commands/dev.ts";
import { docs } from "./commands/docs.ts";
import { doctor } from "./commands/doctor.ts";
import { errors } from "./commands/errors.ts";
import { keyGenerate } from "./commands/key.ts";
import { lastError } from "./commands/last-error.ts";
import { routes } from "./commands/routes.ts";
import { sessionsClear } from "./commands/sessions.ts";
import { envCheck, envExample, settings } from "./commands/settings.ts";
import { shell } from "./commands/shell.ts";
import { make } from "./commands/make.ts";
import { models } from "./commands/models.ts";
import { reload, start } from "./commands/start.ts";
import { tasksCancel, tasksDiscard, tasksList, tasksRetry, tasksSchedule, tasksStats } from "./commands/tasks.ts";
import { test } from "./commands/test.ts";
import { userCreate, userGrant, userPassword, userToken } from "./commands/user.ts";
import { worker } from "./commands/worker.ts";
import { findOwnCommands } from "./own-commands.ts";
import { runProgram } from "./program.ts";
import type { Terminal } from "./terminal.ts";
import { createTerminal } from "./terminal.ts";
import { readOwnVersion } from "./version.ts";

/** Commands in the order of the help. */
const commands: readonly AnyBuiltIn[] = [
  dev,
  start,
  reload,
  build,
  test,
  check,
  routes,
  models,
  shell,
  make,
  dbMake,
  dbMigrate,
  dbStatus,
  dbSql,
  dbCheck,
  dbLint,
  dbSquash,
  dbRollback,
  dbCreate,
  dbDrop,
  dbReset,
  dbSeed,
  dbShell,
  dbSize,
  dbDump,
  dbLoad,
  dbBackup,
  dbPull,
  settings,
  envCheck,
  envExample,
  worker,
  tasksList,
  tasksStats,
  tasksRetry,
  tasksCancel,
  tasksDiscard,
  tasksSchedule,
  userCreate,
  userPassword,
  userGrant,
  userToken,
  sessionsClear,
  keyGenerate,
  deployMake,
  doctor,
  errors,
  docs,
  lastError,
  about,
];

const groups = {
  db: "The database and its migrations",
  deploy: "Files for servers",
  env: "Environment variables",
  key: "Secret keys",
  sessions: "Sessions of visitors",
  tasks: "Background tasks",
  user: "Accounts",
};

/** Runs the command line with the words after `gable`. Returns the exit code. */
export async function runCli(words: readonly string[], terminal: Terminal = createTerminal()): Promise<number> {
  const findMore = (): Promise<AnyBuiltIn[]> => findOwnCommands(terminal, new Set(commands.map(({ name }) => name)), words);
  return runProgram(words.length === 0 ? ["--help"] : words, { version: readOwnVersion(), commands, findMore, groups, terminal });
}
