/** What the tools know about the models of an application: relations between tables, and indexes. */
import type { AppDatabases } from "../../data/application/app-databases.ts";
import type { ModelMeta } from "../../data/schema/model-class.ts";
import type { StatementFilter } from "./statement-text.ts";
import { readFilter, readTable } from "./statement-text.ts";

/** Facts about models by their tables. */
export interface ModelFacts {
  /** Finds the relation that leads from the rows of one query to the row that another one reads by its key. */
  findLink(earlier: string, later: string): { readonly model: string; readonly relation: string } | undefined;
  /** Finds the first column of a filter that no index begins with; undefined when an index serves the filter. */
  findMissingIndex(filter: StatementFilter): { readonly model: string; readonly field: string } | undefined;
}

/** Creates the facts. An application without databases has none. */
export function createModelFacts(databases: AppDatabases | undefined): ModelFacts {
  const find = (table: string | undefined): ModelMeta | undefined =>
    table === undefined ? undefined : databases?.findModel(table)?.model.$meta;
  return {
    findLink(earlier, later) {
      const [owner, target] = [find(readTable(earlier)), find(readTable(later))];
      if (owner === undefined || target === undefined || owner === target) return undefined;
      const columns = readFilter(later)?.columns ?? [];
      const relation = [...owner.relations.values()].find((each) => {
        if (each.target.$meta !== target) return false;
        return each.kind === "belongsTo" ? columns.some((column) => fieldOf(target, column) === target.primary[0]) : columns.length > 0;
      });
      return relation === undefined ? undefined : { model: owner.name, relation: relation.name };
    },
    findMissingIndex({ table, columns }) {
      const meta = find(table);
      if (meta === undefined) return undefined;
      const fields = columns.map((column) => fieldOf(meta, column));
      if (fields.some((field) => field !== undefined && isIndexed(meta, field))) return undefined;
      const [field] = fields;
      return field === undefined ? undefined : { model: meta.name, field };
    },
  };
}

function fieldOf(meta: ModelMeta, column: string): string | undefined {
  return meta.columns.find((field) => field.column === column)?.name;
}

/** Whether a key or an index begins with a field. */
function isIndexed(meta: ModelMeta, field: string): boolean {
  const { isIndexed: hasOwn = false, isUnique = false } = meta.fields.get(field) ?? {};
  const keys = [meta.primary, ...meta.uniques.map(({ fields }) => fields), ...meta.indexes.map(({ fields }) => fields)];
  return hasOwn || isUnique || keys.some(([first]) => first === field);
}
