export { createDatabase } from "./data/database.ts";
export { createDatabases } from "./data/databases.ts";
export { detach } from "./data/rows/instance.ts";
export { isModel, Model, saveMany } from "./data/model.ts";
export { and, not, or, skip } from "./data/tree/filter.ts";
export { cases, now, sql, when } from "./data/tree/functions.ts";
export { denseRank, firstValue, lag, lastValue, lead, ntile, rank, rowNumber } from "./data/tree/windows.ts";
export { slugify } from "./data/schema/slug.ts";
export type { SlugifyOptions } from "./data/schema/slug.ts";
export { field } from "./data/schema/field.ts";
export { belongsTo, hasMany, hasOne, manyToMany } from "./data/schema/relation.ts";
export { checkModels } from "./data/schema/definitions.ts";
export type { DefinitionMistake } from "./data/schema/definition-mistake.ts";
export { View } from "./data/view.ts";
export { readYourWrites } from "./data/ambient/written.ts";
export { withoutScope } from "./data/ambient/unscoped.ts";
export { transactional } from "./data/run/transactional.ts";
export { onCommit, onRollback, outside, transaction } from "./data/run/transaction.ts";
export type { Database, DatabaseOptions } from "./data/database.ts";
export type { Databases, DatabasesOptions, NamedDatabaseOptions } from "./data/databases.ts";
export type { ConflictUpdate, CreateManyOptions } from "./data/rows/write-bulk.ts";
export type { WriteOptions } from "./data/rows/write-row.ts";
export type { InstanceApi, Lazy, ModelStatic, Related } from "./data/model.ts";
export type { ViewInstanceApi, ViewOptions, ViewStatic } from "./data/view.ts";
export type {
  AggregateOptions,
  ArrayExpression,
  BooleanExpression,
  Condition,
  DateExpression,
  DaySpan,
  DayUnit,
  Expression,
  ExpressionOf,
  JsonExpression,
  NumberExpression,
  Order,
  OrderOptions,
  Span,
  TextExpression,
  WindowOptions,
} from "./data/schema/expression-types.ts";
export type { FilterFromOptions, FilterOperator, FilterValues } from "./data/tree/filter-from.ts";
export type { DeletePreview } from "./data/query/preview-delete.ts";
export type { OpenWindow } from "./data/tree/windows.ts";
export type { OpenCases } from "./data/tree/functions.ts";
export type { NumberedPage, NumberedPageOptions, Page, PageOptions } from "./data/query/page.ts";
export type { Query } from "./data/query/query.ts";
export type {
  Changes,
  Filter,
  Insert,
  KeyOrWhere,
  Loaded,
  LoadOptions,
  LockOptions,
  OrderBy,
  Refs,
  Selected,
  Selection,
  Update,
  Where,
  With,
  WithoutRelations,
  WithRelations,
} from "./data/tree/query-types.ts";
export type { Column, ColumnOptions, FileColumn, FileOptions } from "./data/schema/column.ts";
export type { FieldMeta, ModelMeta, RelationMeta } from "./data/schema/model-class.ts";
export type { IndexOptions, KeyOf, ModelOptions } from "./data/schema/model.ts";
export type { ModelClass } from "./data/schema/model-class.ts";
export type { QueryText } from "./data/schema/table-state.ts";
export type { ModelSchema, SchemaOptions } from "./data/schema/model-schema.ts";
export type { SchemaInput, SchemaPurpose, SchemaValues } from "./data/schema/schema-types.ts";
export type { BelongsToOptions, DeleteAction, HasOptions, ManyToManyOptions, Relation } from "./data/schema/relation.ts";
export type { ModelErrors } from "./data/schema/validate-row.ts";
export { sqliteFunctions } from "./data/driver/sqlite-functions.ts";
export type { AcquireOptions, Connection, Driver, Statement, StatementResult } from "./data/driver/contract.ts";
export type { DriverValue } from "./data/schema/driver-value.ts";
export type { FetchMode, StatementEvent } from "./data/run/database-core.ts";
export type { TransactionalOptions } from "./data/run/transactional.ts";
export type { TransactionOptions } from "./data/run/transaction.ts";
