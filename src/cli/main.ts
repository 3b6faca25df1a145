/** The command line: all commands, those of the project included. */
import type { CommandEntry } from "./built-in.ts";
import { findOwnCommands } from "./own-commands.ts";
import { runProgram } from "./program.ts";
import type { Terminal } from "./terminal.ts";
import { createTerminal } from "./terminal.ts";
import { readOwnVersion } from "./version.ts";

/** Commands in the order of the help. Their modules load the framework, so only the one that is called is imported. */
const commands: readonly CommandEntry[] = [
  {
    name: "dev",
    help: "Serves the application for development: it restarts when you save, and pages follow.",
    load: async () => (await import("./commands/dev.ts")).dev,
  },
  { name: "start", help: "Serves the application until SIGTERM or Ctrl-C.", load: async () => (await import("./commands/start.ts")).start },
  {
    name: "reload",
    help: "Starts new workers with the code of today, and lets the old ones finish. Needs a running `gable start` with workers or tasks.",
    load: async () => (await import("./commands/start.ts")).reload,
  },
  {
    name: "build",
    help: "Compiles template files into .gable, and compresses static files. Not needed to run, but saves time.",
    load: async () => (await import("./commands/build.ts")).build,
  },
  { name: "test", help: "Runs the tests of the project.", load: async () => (await import("./commands/test.ts")).test },
  {
    name: "check",
    help: "Checks routes, models, migrations, template files and types; with --deploy, also the settings of production.",
    load: async () => (await import("./commands/check.ts")).check,
  },
  {
    name: "routes",
    help: "Lists the routes with their guards, their input and their exceptions from protections.",
    load: async () => (await import("./commands/routes.ts")).routes,
  },
  {
    name: "models",
    help: "Lists the models with their fields, relations and indexes. Opens no database.",
    load: async () => (await import("./commands/models.ts")).models,
  },
  {
    name: "shell",
    help: "Opens a prompt with your models, `app`, `settings`, `sql` and `transaction`. Top-level await works.",
    load: async () => (await import("./commands/shell.ts")).shell,
  },
  {
    name: "make",
    help: "Writes a model, a form, routes and more, each with a test.",
    load: async () => (await import("./commands/make.ts")).make,
  },
  { name: "db make", help: "Writes the next migration from the models.", load: async () => (await import("./commands/db-make.ts")).dbMake },
  { name: "db migrate", help: "Runs the migrations that are due.", load: async () => (await import("./commands/db-run.ts")).dbMigrate },
  {
    name: "db status",
    help: "Lists the migrations and whether they have run.",
    load: async () => (await import("./commands/db-look.ts")).dbStatus,
  },
  {
    name: "db sql",
    help: "Prints the SQL of a migration for the project's database.",
    load: async () => (await import("./commands/db-look.ts")).dbSql,
  },
  {
    name: "db check",
    help: "Checks that the migrations are whole and match the models.",
    load: async () => (await import("./commands/db-look.ts")).dbCheck,
  },
  {
    name: "db lint",
    help: "Lists what due migrations lock, break or lose, with a safer way for each; exits with 1 for what nobody has accepted.",
    load: async () => (await import("./commands/db-files.ts")).dbLint,
  },
  {
    name: "db squash",
    help: "Writes one migration that replaces a range. Databases that have the old ones count it as applied.",
    load: async () => (await import("./commands/db-files.ts")).dbSquash,
  },
  {
    name: "db rollback",
    help: "Undoes the last migration, or all after a target.",
    load: async () => (await import("./commands/db-run.ts")).dbRollback,
  },
  {
    name: "db create",
    help: "Creates the database when it does not exist.",
    load: async () => (await import("./commands/db-whole.ts")).dbCreate,
  },
  {
    name: "db drop",
    help: "Deletes the database with everything in it.",
    load: async () => (await import("./commands/db-whole.ts")).dbDrop,
  },
  {
    name: "db reset",
    help: "Deletes the database, creates it, runs the migrations and the seeds.",
    load: async () => (await import("./commands/db-whole.ts")).dbReset,
  },
  {
    name: "db seed",
    help: "Runs the seeds: rows that the application needs.",
    load: async () => (await import("./commands/db-whole.ts")).dbSeed,
  },
  {
    name: "db shell",
    help: "Opens psql, mariadb, mysql or sqlite3 on the database.",
    load: async () => (await import("./commands/db-whole.ts")).dbShell,
  },
  {
    name: "db size",
    help: "Shows how many bytes the database and its tables take.",
    load: async () => (await import("./commands/db-whole.ts")).dbSize,
  },
  {
    name: "db dump",
    help: "Writes all rows as JSON lines, a file for each table, from one snapshot. Any kind of database can load them.",
    load: async () => (await import("./commands/db-dump.ts")).dbDump,
  },
  {
    name: "db load",
    help: "Loads the files of `db dump` into empty tables, all or nothing, in the order of the foreign keys.",
    load: async () => (await import("./commands/db-dump.ts")).dbLoad,
  },
  {
    name: "db backup",
    help: "Copies a SQLite database while programs use it, and checks the copy.",
    load: async () => (await import("./commands/db-dump.ts")).dbBackup,
  },
  {
    name: "db pull",
    help: "Writes models for the tables of an existing database, which stays as it is.",
    load: async () => (await import("./commands/db-files.ts")).dbPull,
  },
  {
    name: "settings",
    help: "Lists the settings, where each comes from, and its value. Secrets are not shown.",
    load: async () => (await import("./commands/settings.ts")).settings,
  },
  {
    name: "env check",
    help: "Checks that every setting has a value that it takes.",
    load: async () => (await import("./commands/settings.ts")).envCheck,
  },
  {
    name: "env example",
    help: "Writes .env.example: every variable, what it is for, and whether it is required.",
    load: async () => (await import("./commands/settings.ts")).envExample,
  },
  {
    name: "worker",
    help: "Runs background tasks until SIGTERM or Ctrl-C.",
    load: async () => (await import("./commands/worker.ts")).worker,
  },
  {
    name: "tasks list",
    help: "Lists background tasks, the latest first.",
    load: async () => (await import("./commands/tasks.ts")).tasksList,
  },
  {
    name: "tasks stats",
    help: "Counts the background tasks of each queue: waiting, running and failed ones, and how long they take.",
    load: async () => (await import("./commands/tasks.ts")).tasksStats,
  },
  {
    name: "tasks retry",
    help: "Queues a failed or cancelled task again.",
    load: async () => (await import("./commands/tasks.ts")).tasksRetry,
  },
  {
    name: "tasks cancel",
    help: "Cancels a queued task, or asks a running one to stop.",
    load: async () => (await import("./commands/tasks.ts")).tasksCancel,
  },
  {
    name: "tasks discard",
    help: "Deletes a failed or cancelled task.",
    load: async () => (await import("./commands/tasks.ts")).tasksDiscard,
  },
  {
    name: "tasks schedule",
    help: "Lists the schedules with their next times.",
    load: async () => (await import("./commands/tasks.ts")).tasksSchedule,
  },
  {
    name: "user create",
    help: "Creates an account whose address counts as confirmed. The password is asked for, or read from standard input.",
    load: async () => (await import("./commands/user.ts")).userCreate,
  },
  {
    name: "user password",
    help: "Sets a new password, asked for or read from standard input. All sessions of the account end.",
    load: async () => (await import("./commands/user.ts")).userPassword,
  },
  {
    name: "user grant",
    help: "Gives rights to an account, and takes them with --no-superuser, --no-staff, --no-active, --revoke and --leave.",
    load: async () => (await import("./commands/user.ts")).userGrant,
  },
  {
    name: "user token",
    help: "Makes an API token of an account and prints it: nothing shows it again.",
    load: async () => (await import("./commands/user.ts")).userToken,
  },
  {
    name: "sessions clear",
    help: "Deletes sessions that have expired; with flags, those that are unused or belong to a user.",
    load: async () => (await import("./commands/sessions.ts")).sessionsClear,
  },
  {
    name: "key generate",
    help: "Prints a new secret key as a line for .env.",
    load: async () => (await import("./commands/key.ts")).keyGenerate,
  },
  {
    name: "deploy make",
    help: "Writes the files that run the site on a server: an image, a systemd unit, or a site with PostgreSQL.",
    load: async () => (await import("./commands/deploy.ts")).deployMake,
  },
  {
    name: "doctor",
    help: "Checks Node, clocks, the port, databases, permissions, free disk and the time to hash a password.",
    load: async () => (await import("./commands/doctor.ts")).doctor,
  },
  {
    name: "errors",
    help: "Explains an error code: cause, example and fix.",
    load: async () => (await import("./commands/errors.ts")).errors,
  },
  {
    name: "docs",
    help: "Searches the documentation of the installed version. Works without a network.",
    load: async () => (await import("./commands/docs.ts")).docs,
  },
  {
    name: "last-error",
    help: "Prints the newest error of development as Markdown: code, fix, source, request and statements, without secrets.",
    load: async () => (await import("./commands/last-error.ts")).lastError,
  },
  {
    name: "about",
    help: "Prints the versions of Gable, Node and packages, and the features in use.",
    load: async () => (await import("./commands/about.ts")).about,
  },
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
  const findMore = (): Promise<CommandEntry[]> => findOwnCommands(terminal, new Set(commands.map(({ name }) => name)), words);
  return runProgram(words.length === 0 ? ["--help"] : words, { version: readOwnVersion(), commands, findMore, groups, terminal });
}
