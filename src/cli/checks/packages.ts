/** Checks of what an application needs besides its own code: optional packages, a mail server, and the folder of static files. */
import { statSync } from "node:fs";
import { resolve } from "node:path";
import type { CheckFinding } from "gable";
import type { Check, CheckSubject, Options } from "./check.ts";
import { ofOptions } from "./check.ts";

/** What needs an optional package, and which one. */
function listNeeds({ facts: { databases, options } }: CheckSubject): ReadonlyArray<readonly [what: string, name: string]> {
  const drivers = Object.entries(databases).flatMap(([name, { url = "" }]) => {
    const driver = /^postgres(?:ql)?:/.test(url) ? "pg" : /^(?:mysql|mariadb):/.test(url) ? "mysql2" : undefined;
    return driver === undefined ? [] : [[`The database "${name}"`, driver] as const];
  });
  const { mail, traces, accounts } = options;
  const transport = typeof mail === "object" ? mail.transport : mail;
  return [
    ...drivers,
    ...(typeof transport === "string" && /^(?:smtps?|file):/.test(transport) ? [["Mail", "nodemailer"] as const] : []),
    ...(traces === true ? [["The option traces", "@opentelemetry/api"] as const] : []),
    ...(Object.keys(accounts?.options.providers ?? {}).length > 0 ? [["Sign-in with a provider", "openid-client"] as const] : []),
  ];
}

function findMissing(subject: CheckSubject): readonly CheckFinding[] {
  const missing = listNeeds(subject).filter(([, name]) => subject.machine?.isInstalled(name) === false);
  return missing.map(([what, name]) => ({
    message: `${what} needs the package ${name}, which is not installed.`,
    fix: `Run: npm install ${name}`,
  }));
}

/** Whether a registration sends a mail with a link. */
function sendsLinks({ accounts }: Options): boolean {
  return accounts?.options.registration === "open" && accounts.options.verifyEmail !== "never";
}

/** The checks. */
export const packageChecks: readonly Check[] = [
  { id: "peers.missing", level: "error", run: findMissing },
  ofOptions("mail.transport-missing", "error", (options, { facts: { mode } }) => {
    const { mail } = options;
    if (mail === undefined && sendsLinks(options))
      return {
        message: "Accounts send links by mail, and the application sends no mail.",
        fix: 'Pass mail to gable(), or verifyEmail: "never" to defineAccounts().',
      };
    return typeof mail === "object" && mail.transport === undefined && mode === "production"
      ? {
          message: "Production needs a mail transport, and the application has none.",
          fix: "Pass its address: mail: { transport: settings.mailUrl }.",
        }
      : undefined;
  }),
  ofOptions("static.missing", "warning", ({ static: files }, { folder }) => {
    const directory = typeof files === "object" ? files.directory : files;
    return directory === undefined || statSync(resolve(folder, directory), { throwIfNoEntry: false })?.isDirectory() === true
      ? undefined
      : { message: `The folder of static files "${directory}" does not exist.`, fix: "Create it, or leave the option static out." };
  }),
];
