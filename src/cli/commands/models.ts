/** `gable models`: fields, relations and indexes of the models. */
import { GableError } from "gable";
import type { ModelClass } from "gable/data";
import { findNearestName } from "../../errors/nearest-name.ts";
import type { BuiltInContext } from "../built-in.ts";
import { builtIn } from "../built-in.ts";
import type { ModelFacts } from "../model-facts.ts";
import { describeModel, toMermaid } from "../model-facts.ts";
import { modelsOf } from "../open-database.ts";

const words = { names: { help: "Names of the models; all without them", optional: true, many: true } } as const;
const flags = { graph: { type: "string", help: "Prints a graph in this language", choices: ["mermaid"] } } as const;

type Context = BuiltInContext<typeof words, typeof flags>;

/** Lists the models. */
export const models = builtIn({
  examples: ["models", "models Book Author", "models --graph mermaid > models.mmd"],
  arguments: words,
  flags,
  async run(context: Context) {
    const { isModel } = await import("gable/data");
    const given = modelsOf(await context.project.loadApp());
    const found = new Map<ModelClass, ModelFacts>();
    for (const [key, model] of Object.entries(given)) {
      if (!isModel(model) || found.has(model)) continue;
      const facts = describeModel(model);
      // A model that no class extends, such as that of sessions, has the name of its export.
      const isNamed = Array.isArray(given) || key === "default" || !Object.hasOwn(model, "$table");
      found.set(model, isNamed ? facts : { ...facts, name: key });
    }
    const all = [...found.values()];
    const shown = select(all, context.arguments.names);
    if (context.flags.graph !== undefined) {
      const graph = toMermaid(shown);
      context.print(graph);
      return { graph };
    }
    for (const [index, model] of shown.entries()) {
      if (index > 0) context.print();
      printModel(context, model);
    }
    return { models: shown };
  },
});

/** Several words come as a list; without any the parser gives none or an empty one. */
function select(all: readonly ModelFacts[], names: readonly string[] = []): readonly ModelFacts[] {
  for (const name of names)
    if (!all.some((model) => model.name === name)) {
      const nearest = findNearestName(
        name,
        all.map((model) => model.name),
      );
      throw new GableError("E_COMMAND_USAGE", `No model has the name "${name}".`, {
        fix: nearest === undefined ? `Use one of: ${all.map((model) => model.name).join(", ")}.` : `Write "${nearest}".`,
      });
    }
  return names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
}

function printModel({ print, table }: Context, model: ModelFacts): void {
  print(`${model.name}, ${model.isView ? "view" : "table"} ${model.table}`);
  table(
    model.fields.map((field) => ({
      field: field.name,
      column: field.column,
      type: field.type,
      null: field.isNullable ? "yes" : "",
      key: [field.isPrimary ? "primary" : "", field.isUnique && !field.isPrimary ? "unique" : "", field.isIndexed ? "index" : ""]
        .filter((key) => key !== "")
        .join(", "),
      optional: field.isOptional ? "yes" : "",
    })),
  );
  table(
    model.relations.map((relation) => ({
      relation: relation.name,
      kind: relation.kind,
      model: relation.target,
      by: relation.table ?? relation.fields.join(", "),
      "on delete": relation.onDelete,
    })),
  );
  table(model.indexes.map(({ name, kind, fields }) => ({ index: name, kind, fields: fields.join(", ") || "(expression)" })));
}
