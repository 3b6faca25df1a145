/** `gable user create`, `password`, `grant` and `token`: accounts from the command line. */
import type { Application } from "gable";
import { GableError } from "gable";
import type { Account, AccountManager, AccountRights, LoginKey, PermissionManager } from "gable/auth";
import type { BuiltInContext } from "../built-in.ts";
import { builtIn } from "../built-in.ts";
import { askText, readNewPassword } from "../questions.ts";
import { askFields, readSetValues } from "../user-fields.ts";

const emailFlag = { type: "string", help: "Address of the account" } as const;
const usernameFlag = { type: "string", help: "User name of the account, where accounts sign in with one" } as const;
const nameFlags = { email: emailFlag, username: usernameFlag } as const;
const noInputFlag = { type: "boolean", help: "Asks nothing: the password comes from standard input" } as const;

const passwordFlags = { ...nameFlags, noInput: noInputFlag } as const;
const createFlags = {
  ...nameFlags,
  superuser: { type: "boolean", help: "The account has every permission, and is of the staff" },
  staff: { type: "boolean", help: "The account is of the staff" },
  set: { type: "list", help: "Value of another field, as name=value; can be repeated" },
  noInput: noInputFlag,
} as const;
const grantFlags = {
  ...nameFlags,
  superuser: { type: "boolean", help: "Gives every permission" },
  noSuperuser: { type: "boolean", help: "Takes every permission back" },
  staff: { type: "boolean", help: "Makes the account one of the staff" },
  noStaff: { type: "boolean", help: "Takes the account out of the staff" },
  active: { type: "boolean", help: "Lets the account be used" },
  noActive: { type: "boolean", help: "Shuts the account: nobody can sign in, and its sessions count no more" },
  permission: { type: "list", help: "Gives a permission; can be repeated" },
  revoke: { type: "list", help: "Takes a permission back; can be repeated" },
  group: { type: "list", help: "Puts the account into a group; can be repeated" },
  leave: { type: "list", help: "Takes the account out of a group; can be repeated" },
  noInput: noInputFlag,
} as const;

const tokenFlags = {
  ...nameFlags,
  name: { type: "string", help: "What the account knows the token by" },
  scope: { type: "list", help: "What the token may do, such as posts:read; can be repeated" },
  days: { type: "int", help: "Days until it expires, 1 to 366; by default as the accounts say" },
  noInput: noInputFlag,
} as const;

type NameContext = BuiltInContext<{}, typeof passwordFlags>;

/** Starts the application. Says so before it starts one without accounts. */
async function withAccounts<Result>(
  { project }: NameContext,
  work: (accounts: AccountManager, app: Application) => Promise<Result>,
): Promise<Result> {
  const { manageAccounts } = await import("gable/auth");
  const app = await project.loadApp();
  if (app.describe().options.accounts === undefined) manageAccounts(app);
  return project.withApp((started) => work(manageAccounts(started), started));
}

function mayAsk({ terminal, flags }: NameContext): boolean {
  return terminal.canAsk && !flags.noInput;
}

/** Reads what the accounts sign in with. A flag wins over the question. */
async function readLogin(context: NameContext, login: LoginKey): Promise<string> {
  const { [login]: given } = context.flags;
  if (given !== undefined) return given;
  if (mayAsk(context)) return askText(context.terminal, login === "email" ? "E-mail address" : "User name");
  throw new GableError("E_COMMAND_USAGE", `--${login} is missing.`, {
    fix: login === "email" ? "Pass the address: --email ann@example.com." : "Pass the user name: --username ann.",
  });
}

/** Finds the account that the flags name, or asks for it. */
async function findAccount(context: NameContext, accounts: AccountManager, app: Application): Promise<Account> {
  const { email, username } = context.flags;
  if (email !== undefined && username !== undefined)
    throw new GableError("E_COMMAND_USAGE", "--email and --username both name an account.", { fix: "Pass one of them." });
  if (email !== undefined) return accounts.getByEmail(email);
  if (username !== undefined) return accounts.getByUsername(username);
  return accounts.getByName(await readLogin(context, loginOf(app)));
}

function loginOf(app: Application): LoginKey {
  return app.describe().options.accounts!.login; // withAccounts() has seen them.
}

/** What messages call an account. */
function nameOf({ username, email }: Account): string {
  return username ?? String(email);
}

/** What the output says about an account: never its password. */
function describe({ id, username, email, active, isStaff, isSuperuser }: Account): object {
  return { id, ...(username !== undefined && { username }), email, active, isStaff, isSuperuser };
}

/** Creates an account. */
export const userCreate = builtIn({
  examples: [
    "user create --email ann@example.com --superuser",
    'user create --email ann@example.com --set "name=Ann Lee"',
    "user create --email ann@example.com --no-input < password.txt",
    "user create --username ann --superuser",
  ],
  flags: createFlags,
  run: (context: BuiltInContext<{}, typeof createFlags>) =>
    withAccounts(context, async (accounts, app) => {
      const { flags, terminal, print } = context;
      const login = loginOf(app);
      const name = await readLogin(context, login);
      const found = await (login === "email" ? accounts.findByEmail(name) : accounts.findByUsername(name));
      if (found !== undefined) {
        const what = login === "email" ? "address" : "user name";
        throw new GableError("E_ACCOUNT_EXISTS", `An account with the ${what} "${name}" exists already.`, {
          fix: `Use another ${what}, or \`npx gable user password\` and \`npx gable user grant\`.`,
        });
      }
      const names = login === "email" ? { email: name } : { username: name, ...(flags.email !== undefined && { email: flags.email }) };
      const given = readSetValues(app, flags.set);
      const values = { ...given, ...(await askFields(app, given, mayAsk(context) ? terminal : undefined)) };
      const password = await readNewPassword(terminal, mayAsk(context));
      const rights: AccountRights = {
        ...(flags.superuser && { isSuperuser: true }),
        ...((flags.superuser || flags.staff) && { isStaff: true }),
      };
      const user = await accounts.create({ ...values, ...rights, ...names, password });
      print(`Created the account ${nameOf(user)}${flags.superuser ? ", with every permission" : ""}.`);
      return { user: describe(user) };
    }),
});

/** Sets the password of an account. */
export const userPassword = builtIn({
  examples: ["user password --email ann@example.com", "user password --email ann@example.com --no-input < password.txt"],
  flags: passwordFlags,
  run: (context: BuiltInContext<{}, typeof passwordFlags>) =>
    withAccounts(context, async (accounts, app) => {
      const user = await findAccount(context, accounts, app);
      await accounts.setPassword(user, await readNewPassword(context.terminal, mayAsk(context)));
      context.print(`${nameOf(user)} has a new password. All its sessions have ended.`);
      return { user: describe(user) };
    }),
});

/** Gives and takes rights. */
export const userGrant = builtIn({
  examples: [
    "user grant --email ann@example.com --staff",
    "user grant --email ann@example.com --no-superuser --no-active",
    "user grant --email ann@example.com --group clerks --permission fines.waive",
  ],
  flags: grantFlags,
  run: (context: BuiltInContext<{}, typeof grantFlags>) => {
    const { flags, print } = context;
    const rights = readRights(flags);
    const changes = Object.entries(rights).map(([name, isOn]) => `${name} is ${isOn ? "on" : "off"}`);
    const lists = describeLists(flags);
    if (changes.length + lists.length === 0)
      throw new GableError("E_COMMAND_USAGE", "No right is named.", {
        fix: "Pass --superuser, --staff, --active, --permission or --group, or their opposites.",
      });
    return withAccounts(context, async (accounts, app) => {
      const user = await findAccount(context, accounts, app);
      const grantRights = async (): Promise<void> => (changes.length > 0 ? accounts.grant(user, rights) : undefined);
      if (lists.length === 0) await grantRights();
      else
        await accounts.permissions.together(async () => {
          await grantRights();
          await changeLists(accounts.permissions, user, flags);
        });
      print(`${nameOf(user)}: ${[...changes, ...lists].join(", ")}.`);
      return { user: describe(user), ...(lists.length > 0 && { permissions: await accounts.permissions.list(user) }) };
    });
  },
});

type GrantFlags = BuiltInContext<{}, typeof grantFlags>["flags"];

/** Says what changes in permissions and groups. */
function describeLists({ permission, revoke, group, leave }: GrantFlags): string[] {
  return [
    ...permission.map((name) => `${name} is permitted`),
    ...revoke.map((name) => `${name} is taken back`),
    ...group.map((name) => `is in ${name}`),
    ...leave.map((name) => `is not in ${name}`),
  ];
}

async function changeLists(permissions: PermissionManager, user: Account, flags: GrantFlags): Promise<void> {
  await permissions.grant({ user }, flags.permission);
  await permissions.revoke({ user }, flags.revoke);
  for (const name of flags.group) await permissions.addToGroup(user, name);
  for (const name of flags.leave) await permissions.removeFromGroup(user, name);
}

/** Makes an API token. */
export const userToken = builtIn({
  examples: [
    "user token --email ann@example.com --name Import --scope posts:read --scope posts:write",
    "user token --email ann@example.com --name Import --scope posts:read --days 7",
  ],
  flags: tokenFlags,
  run: (context: BuiltInContext<{}, typeof tokenFlags>) => {
    const { name, scope: scopes, days } = context.flags;
    if (name === undefined || scopes.length === 0)
      throw new GableError("E_COMMAND_USAGE", `${name === undefined ? "--name" : "--scope"} is missing.`, {
        fix: "Pass both: --name Import --scope posts:read.",
      });
    return withAccounts(context, async (accounts, app) => {
      const user = await findAccount(context, accounts, app);
      const made = await accounts.createToken(user, { name, scopes, ...(days !== undefined && { days }) });
      context.print(made.token);
      return { user: describe(user), token: made };
    });
  },
});

function readRights(flags: GrantFlags): AccountRights {
  return {
    ...((flags.superuser || flags.noSuperuser) && { isSuperuser: flags.superuser }),
    ...((flags.staff || flags.noStaff) && { isStaff: flags.staff }),
    ...((flags.active || flags.noActive) && { active: flags.active }),
  };
}
