/** policy(): what users may do with each record of a model. */
import type { ModelClass } from "../../data/schema/model-class.ts";
import { isModel } from "../../data/model.ts";
import type { Query } from "../../data/query/query.ts";
import type { InstanceOf } from "../../data/schema/model.ts";
import { assertKnownOptions, optionInvalid } from "../../errors/option-errors.ts";
import type { AppTypes } from "../../handlers/app-types.ts";
import type { Account } from "../account-fields.ts";

/** What a user may do with a record. */
export type RecordAction = "view" | "change" | "delete";

/** A model that a policy is about. */
export interface PolicyModel {
  /** Makes a row. */
  new (): object;
  /** Name of the table. */
  readonly $table: string;
  /** Its fields. */
  readonly $fields: object;
}

/** The user that rules get: that of `AppTypes`, otherwise an account. */
export type PolicyUser = AppTypes extends { readonly user: infer User } ? NonNullable<User> : Account;

/** What rules of lists and of new records get. */
export interface PolicyFacts {
  /** Who asks; null for a visitor. */
  readonly user: PolicyUser | null;
  /** Says whether the user has a permission. Throws `E_PERMISSION_UNKNOWN`. */
  readonly can: (permission: string) => Promise<boolean>;
}

/** What rules of a record get. */
export interface RecordFacts<Row> extends PolicyFacts {
  /** The record that it is about. */
  readonly record: Row;
}

/** True allows. False denies, and a string denies with the reason. */
export type Verdict = boolean | string;

/** A rule of a policy. Only true allows. */
export type PolicyRule<Facts> = (facts: Facts) => Verdict | Promise<Verdict>;

/** The rules of a policy. An action without a rule is denied to everybody. */
export interface PolicyRules<Class> {
  /** Who may see a record. For all others it does not exist: they get 404. */
  readonly view?: PolicyRule<RecordFacts<InstanceOf<Class>>>;
  /** Who may add a record. */
  readonly add?: PolicyRule<PolicyFacts>;
  /** Who may change a record. */
  readonly change?: PolicyRule<RecordFacts<InstanceOf<Class>>>;
  /** Who may delete a record. */
  readonly delete?: PolicyRule<RecordFacts<InstanceOf<Class>>>;
  /** Narrows a query to the records that the user may see. */
  readonly scope?: (query: Query<Class, InstanceOf<Class>>, facts: { readonly user: PolicyUser | null }) => Query<Class, InstanceOf<Class>>;
}

/** The rules of any model. */
export type AnyPolicyRules = Readonly<
  Record<RecordAction | "add", PolicyRule<PolicyFacts & { readonly record: object | undefined }> | undefined> & {
    scope: ((query: object, facts: Pick<PolicyFacts, "user">) => unknown) | undefined;
  }
>;

/** What users may do with the records of a model; pass it to `defineAccounts({ policies })`. */
export interface Policy {
  /** The model. */
  readonly model: PolicyModel;
  /** Its rules. */
  readonly rules: AnyPolicyRules;
}

const ruleNames = ["view", "add", "change", "delete", "scope"] as const;

/**
 * Defines what users may do with the records of a model. What no rule allows is denied, to superusers as well. Throws
 * `E_OPTION_UNKNOWN` and `E_OPTION_INVALID`.
 *
 * @example
 * export const postPolicy = policy(Post, {
 *   view: ({ user, record }) => record.isPublished || record.authorId === user?.id,
 *   change: ({ user, record }) => record.authorId === user?.id || "Only the author may edit.",
 * });
 */
export function policy<Class extends PolicyModel>(model: Class, rules: PolicyRules<Class>): Policy {
  if (!isModel(model)) throw optionInvalid("policy()", "model", model, "a model");
  if (typeof rules !== "object" || rules === null) throw optionInvalid("policy()", "rules", rules, "an object of rules");
  const owner = `policy(${(model as unknown as ModelClass).name})`; // isModel() has checked it.
  assertKnownOptions(owner, rules, ruleNames);
  for (const name of ruleNames)
    if (rules[name] !== undefined && typeof rules[name] !== "function") throw optionInvalid(owner, name, rules[name], "a function");
  // The rules are only called with records and queries of this model.
  return Object.freeze({ model, rules: Object.freeze({ ...rules }) as unknown as AnyPolicyRules });
}
