/** Checks of models: mistakes in their definitions, and foreign keys without an index. */
import type { CheckFinding } from "gable";
import type { DefinitionMistake, ModelClass, ModelMeta, RelationMeta } from "gable/data";
import { checkModels, isModel } from "gable/data";
import type { Check, CheckSubject } from "./check.ts";

/** Ids of mistakes by their code; all others are `models.definition`. */
const ids: Readonly<Record<string, string>> = {
  E_RELATION_REVERSE: "models.inverse",
  E_FIELD_RESERVED: "models.reserved",
  E_MODEL_TABLE_DUPLICATE: "models.names",
  E_FIELD_COLUMN_DUPLICATE: "models.names",
};

function listModels({ facts: { models = {} } }: CheckSubject): readonly ModelClass[] {
  return [...new Set(Object.values(models as Readonly<Record<string, unknown>>).filter(isModel))]; // A list, or exports by name.
}

/** Several checks look at the same mistakes. */
const found = new WeakMap<CheckSubject["facts"], readonly DefinitionMistake[]>();

function mistakesOf(subject: CheckSubject): readonly DefinitionMistake[] {
  const mistakes = found.get(subject.facts) ?? checkModels(listModels(subject));
  found.set(subject.facts, mistakes);
  return mistakes;
}

function ofMistakes(id: string): Check {
  return {
    id,
    level: "error",
    run: (subject): readonly CheckFinding[] =>
      mistakesOf(subject)
        .filter(({ code }) => (ids[code] ?? "models.definition") === id)
        .map(({ where, message, fix, code }) => ({ message: `${where}: ${message} (${code}).`, fix })),
  };
}

/** Whether a key or an index of a model begins with these fields. */
function isIndexed({ primary, uniques, indexes }: ModelMeta, fields: readonly string[]): boolean {
  return [primary, ...[...uniques, ...indexes].map((key) => key.fields)].some((key) => fields.every((name, index) => key[index] === name));
}

function findUnindexed(subject: CheckSubject): readonly CheckFinding[] {
  const models = listModels(subject);
  if (mistakesOf(subject).length > 0) return [];
  // InnoDB makes an index for each foreign key.
  const isMysql = Object.values(subject.facts.databases).some(({ url }) => /^(?:mysql|mariadb):/.test(url ?? ""));
  return models.flatMap(({ $meta: meta }) =>
    [...meta.relations.values()]
      .filter((relation) => relation.kind === "belongsTo" && !isIndexed(meta, relation.fields) && !(isMysql && relation.isConstrained))
      .map((relation) => ({ relation, back: findBack(meta, relation) }))
      .filter(({ back }) => back !== undefined)
      .map(({ relation, back }) => ({
        message: `${meta.name}.${relation.name} has no index, but ${relation.target.name}.${back} searches by it and reads the whole table.`,
        fix: `Remove index: false from ${meta.name}.${relation.name}, or add an index that begins with it.`,
      })),
  );
}

/** The relation of the target that finds rows by this one. */
function findBack({ table }: ModelMeta, { name, target }: RelationMeta): string | undefined {
  const found = [...target.$meta.relations.values()].find(
    (each) => each.kind !== "belongsTo" && each.target.$table === table && each.by === name,
  );
  return found?.name;
}

/** The checks. */
export const modelChecks: readonly Check[] = [
  ...[...new Set(Object.values(ids)), "models.definition"].map(ofMistakes),
  { id: "models.unindexed", level: "warning", run: findUnindexed },
];
