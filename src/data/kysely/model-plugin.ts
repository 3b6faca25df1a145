/** Translates Kysely queries and results: field names instead of columns, values in the form of models, in both directions. */
import { ColumnNode, OperationNodeTransformer, PrimitiveValueListNode, ValueListNode, ValueNode, ValuesNode } from "kysely";
import type {
  BinaryOperationNode,
  ColumnUpdateNode,
  InsertQueryNode,
  KyselyPlugin,
  OperationNode,
  PluginTransformQueryArgs,
  PluginTransformResultArgs,
  QueryId,
  QueryResult,
  RootOperationNode,
  UnknownRow,
} from "kysely";
import type { Dialect } from "../sql/dialect.ts";
import type { DriverValue } from "../schema/driver-value.ts";
import type { FieldMeta } from "../schema/model-class.ts";
import type { FieldNames } from "./field-names.ts";
import type { QueryTables } from "./query-tables.ts";
import { findField, readOutputs, readTables } from "./query-tables.ts";

/** Rewrites queries and results. */
export class ModelPlugin implements KyselyPlugin {
  readonly #names: FieldNames;
  readonly #dialect: () => Dialect;
  readonly #outputs = new WeakMap<QueryId, ReadonlyMap<string, FieldMeta>>();

  constructor(names: FieldNames, dialect: () => Dialect) {
    this.#names = names;
    this.#dialect = dialect;
  }

  transformQuery({ node, queryId }: PluginTransformQueryArgs): RootOperationNode {
    this.#outputs.set(queryId, readOutputs(node, this.#names));
    return new QueryTransformer(this.#names, this.#dialect()).transformNode(node);
  }

  /** Whether 64-bit integers are read. */
  readsBigInts(queryId: QueryId): boolean {
    return [...(this.#outputs.get(queryId)?.values() ?? [])].some(({ type }) => type === "bigint");
  }

  async transformResult({ queryId, result }: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> {
    const outputs = this.#outputs.get(queryId);
    const readsBigInts = this.readsBigInts(queryId);
    const dialect = this.#dialect();
    // Once for all rows, because they have the same columns.
    const columns = Object.keys(result.rows[0] ?? {}).map((column) => {
      const name = this.#names.toField(column);
      const field = outputs?.get(name) ?? outputs?.get(column);
      const decode = field === undefined ? toPlainNumber : dialect.decoder(field, readsBigInts);
      return { column, name, decode };
    });
    const rows = result.rows.map((row) =>
      Object.fromEntries(
        columns.map(({ column, name, decode }) => {
          const value = row[column] as DriverValue; // From the driver.
          return [name, decode === undefined ? value : decode(value)];
        }),
      ),
    );
    return { ...result, rows };
  }
}

/** Values that belong to no field keep the form of the driver; counts become numbers if they fit. */
function toPlainNumber(value: DriverValue): DriverValue {
  return typeof value === "bigint" && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

class QueryTransformer extends OperationNodeTransformer {
  readonly #names: FieldNames;
  readonly #dialect: Dialect;
  /** Tables of the queries around a node, the innermost last. */
  readonly #scopes: QueryTables[] = [];

  constructor(names: FieldNames, dialect: Dialect) {
    super();
    this.#names = names;
    this.#dialect = dialect;
  }

  protected override transformNodeImpl<Node extends OperationNode>(node: Node, queryId?: QueryId): Node {
    if (!node.kind.endsWith("QueryNode")) return super.transformNodeImpl(node, queryId);
    this.#scopes.push(readTables(node));
    try {
      return super.transformNodeImpl(node, queryId);
    } finally {
      this.#scopes.pop();
    }
  }

  protected override transformColumn(node: ColumnNode, queryId?: QueryId): ColumnNode {
    return super.transformColumn(ColumnNode.create(this.#names.toColumn(node.column.name)), queryId);
  }

  protected override transformBinaryOperation(node: BinaryOperationNode, queryId?: QueryId): BinaryOperationNode {
    const field = this.#find(node.leftOperand);
    const rightOperand = field === undefined ? node.rightOperand : this.#encodeNode(node.rightOperand, field);
    return super.transformBinaryOperation({ ...node, rightOperand }, queryId);
  }

  protected override transformColumnUpdate(node: ColumnUpdateNode, queryId?: QueryId): ColumnUpdateNode {
    const field = this.#find(node.column);
    return super.transformColumnUpdate(field === undefined ? node : { ...node, value: this.#encodeNode(node.value, field) }, queryId);
  }

  protected override transformInsertQuery(node: InsertQueryNode, queryId?: QueryId): InsertQueryNode {
    const { columns = [], values } = node;
    if (values === undefined || !ValuesNode.is(values)) return super.transformInsertQuery(node, queryId);
    const fields = columns.map((column) => this.#find(column));
    const lists = values.values.map((list) => this.#encodeList(list, fields));
    return super.transformInsertQuery({ ...node, values: ValuesNode.create(lists) }, queryId);
  }

  #find(node: OperationNode): FieldMeta | undefined {
    const innermost = this.#scopes.at(-1);
    return innermost === undefined ? undefined : findField(node, innermost, this.#names);
  }

  #encodeList(
    list: ValueListNode | PrimitiveValueListNode,
    fields: ReadonlyArray<FieldMeta | undefined>,
  ): ValueListNode | PrimitiveValueListNode {
    if (PrimitiveValueListNode.is(list))
      return PrimitiveValueListNode.create(list.values.map((value, index) => this.#encode(value, fields[index])));
    return ValueListNode.create(
      list.values.map((value, index) => (fields[index] === undefined ? value : this.#encodeNode(value, fields[index]))),
    );
  }

  #encodeNode(node: OperationNode, field: FieldMeta): OperationNode {
    if (ValueNode.is(node)) return { ...node, value: this.#encode(node.value, field) } as ValueNode; // Still a ValueNode.
    if (PrimitiveValueListNode.is(node)) return PrimitiveValueListNode.create(node.values.map((value) => this.#encode(value, field)));
    if (ValueListNode.is(node)) return ValueListNode.create(node.values.map((value) => this.#encodeNode(value, field)));
    return node;
  }

  #encode(value: unknown, field: FieldMeta | undefined): unknown {
    return field === undefined || value === undefined ? value : this.#dialect.encode(value, field);
  }
}
