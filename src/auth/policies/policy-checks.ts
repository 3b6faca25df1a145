/** Asks policies: in guards, in handlers and for lists. */
import { Query } from "../../data/query/query.ts";
import type { InstanceOf } from "../../data/schema/model.ts";
import { GableError } from "../../errors/gable-error.ts";
import { optionInvalid } from "../../errors/option-errors.ts";
import type { AnyContext, Context } from "../../handlers/context.ts";
import type { Account } from "../account-fields.ts";
import { refuseVisitor } from "../guards.ts";
import { findService } from "../find-service.ts";
import { publishVerdict } from "./policy-events.ts";
import type { Policy, PolicyModel, PolicyUser, RecordAction, Verdict } from "./policy.ts";

/** Values that identify a record, by the names of fields. The query checks them. */
export type RecordKey<Class> = Class extends { readonly $fields: infer Fields } ? { readonly [Name in keyof Fields]?: unknown } : never;

/** Finds the record that a request is about. */
export type FindKey<Class> = (context: Context) => RecordKey<Class>;

/** Says whether a user has a permission. */
type AskPermission = (context: AnyContext, permission: string) => Promise<boolean>;

/** A guard, as routes call it. */
type PolicyGuard = (context: Context) => Promise<true | ReturnType<typeof refuseVisitor>>;

/** What this file asks of a model. */
interface RecordSource extends PolicyModel {
  readonly name: string;
  find(key: object): Promise<object | undefined>;
  where(): object;
}

/** The policies of some accounts. */
export class PolicyChecks {
  readonly #policies: ReadonlyMap<unknown, Policy>;
  readonly #ask: AskPermission;

  constructor(policies: readonly Policy[], ask: AskPermission) {
    this.#policies = new Map(policies.map((policy) => [policy.model, policy]));
    this.#ask = ask;
  }

  /** Creates a guard of an action. Throws `E_POLICY_MISSING` and `E_OPTION_INVALID`. */
  guard(action: string, model: PolicyModel, find: FindKey<PolicyModel> | undefined): PolicyGuard {
    const policy = this.#policyOf(model);
    if (action === "add") return (context) => this.#guardAdd(context, policy);
    assertRecordAction(action);
    if (typeof find !== "function")
      throw optionInvalid(
        "can()",
        "find",
        find,
        `a function that returns which record: can("${action}", ${nameOf(model)}, ({ params }) => ({ id: params.id }))`,
      );
    return (context) => this.#guardRecord(context, action, policy, find);
  }

  /** Says whether the user of a request may do something with a record, or may add one to a model. Throws `E_POLICY_MISSING`. */
  async allows(context: AnyContext, action: string, target: object): Promise<boolean> {
    const user = await findUser(context);
    if (action === "add") return (await this.#judge(context, action, this.#policyOf(target), user, undefined)) === true;
    assertRecordAction(action);
    // A record is made by its model.
    return (await this.#judge(context, action, this.#policyOf(target.constructor), user, target)) === true;
  }

  /** Returns a query of the records that the user of a request may see. Throws `E_POLICY_MISSING` and `E_USER_UNLOADED`. */
  scope<Class extends PolicyModel>(context: AnyContext, model: Class): Query<Class, InstanceOf<Class>> {
    const { scope } = this.#policyOf(model).rules;
    if (scope === undefined)
      throw missing(`The policy of ${nameOf(model)} has no rule "scope".`, "Add the rule scope: (query, { user }) => query.");
    const user = findService(context).findLoadedUser(context);
    if (user === undefined) throw new GableError("E_USER_UNLOADED", `The scope of ${nameOf(model)} depends on a user who was not loaded.`);
    const query: unknown = scope(toSource(model).where(), { user: toPolicyUser(user) });
    if (query instanceof Query) return query;
    throw optionInvalid(`policy(${nameOf(model)})`, "scope", query, "a function that returns a query");
  }

  async #guardAdd(context: Context, policy: Policy): ReturnType<PolicyGuard> {
    const user = await findUser(context);
    const verdict = await this.#judge(context, "add", policy, user, undefined);
    return verdict === true || refuse(context, user, verdict);
  }

  async #guardRecord(context: Context, action: RecordAction, policy: Policy, find: FindKey<PolicyModel>): ReturnType<PolicyGuard> {
    const user = await findUser(context);
    const record = await toSource(policy.model).find(find(context));
    if (record === undefined) throw noRecord();
    const verdict = await this.#judge(context, action, policy, user, record);
    if (verdict === true) return addRecord(context, policy, record);
    // Who may not see a record does not learn that it exists.
    if (action === "view" || (await this.#judge(context, "view", policy, user, record)) !== true) throw noRecord();
    return refuse(context, user, verdict);
  }

  async #judge(
    context: AnyContext,
    action: RecordAction | "add",
    { model, rules }: Policy,
    user: Account | null,
    record: object | undefined,
  ): Promise<Verdict> {
    const can = (permission: string): Promise<boolean> => this.#ask(context, permission);
    const rule = rules[action];
    const verdict = await rule?.({ user: toPolicyUser(user), record, can });
    publishVerdict(nameOf(model), action, rule === undefined ? undefined : (verdict ?? false));
    return verdict ?? false;
  }

  #policyOf(model: unknown): Policy {
    const policy = this.#policies.get(model);
    if (policy !== undefined) return policy;
    throw missing(`${nameOf(model)} has no policy.`, "Pass one: defineAccounts({ policies: [policy(Post, { ... })] }).");
  }
}

/** Visitors sign in first; a user reads the reason. */
function refuse(context: Context, user: Account | null, verdict: Verdict): ReturnType<typeof refuseVisitor> {
  if (user === null) return refuseVisitor(context);
  throw new GableError("E_ACCESS_DENIED", typeof verdict === "string" && verdict !== "" ? verdict : "Your account may not do that.");
}

/** Gives the record to the handler. A second guard of the same model replaces it. */
function addRecord(context: Context, { model }: Policy, record: object): true {
  const before: unknown = "record" in context ? context.record : undefined;
  if ("record" in context && !(before instanceof model))
    throw new GableError("E_PART_PROPERTY", `The guard can() of ${nameOf(model)} cannot add context.record: the context has it already.`, {
      fix: "Use one guard with a record on a route and its groups, and accounts.can(context, ...) for others.",
    });
  Object.defineProperty(context, "record", { value: record, configurable: true, enumerable: true });
  return true;
}

async function findUser(context: AnyContext): Promise<Account | null> {
  const user = await findService(context).loadUser(context);
  return user?.active === true ? user : null;
}

function toPolicyUser(user: Account | null): PolicyUser | null {
  return user as PolicyUser | null; // The application has declared what its model is.
}

function toSource(model: PolicyModel): RecordSource {
  return model as unknown as RecordSource; // policy() has checked that it is a model.
}

function nameOf(model: unknown): string {
  return typeof model === "function" && model.name !== "" ? model.name : "The model";
}

function noRecord(): GableError {
  return new GableError("E_NOT_FOUND", "The record does not exist.");
}

function missing(message: string, fix: string): GableError {
  return new GableError("E_POLICY_MISSING", message, { fix });
}

function assertRecordAction(action: string): asserts action is RecordAction {
  if (action !== "view" && action !== "change" && action !== "delete")
    throw optionInvalid("can()", "action", action, '"view", "add", "change" or "delete"');
}
