export { checkLive } from "./data/migrations/inspect/check-live.ts";
export { dumpData } from "./data/migrations/files/dump.ts";
export { loadData } from "./data/migrations/files/load.ts";
export { runSeeds } from "./data/migrations/files/seeds.ts";
export { checkMigrations, makeMigration, mergeMigrations } from "./data/migrations/files/make.ts";
export { squashMigrations } from "./data/migrations/files/squash.ts";
export { migrate, previewMigrations, readStatus, rollback } from "./data/migrations/run/migrate.ts";
export { checkOldCode } from "./data/migrations/files/old-code.ts";
export { pullModels } from "./data/migrations/inspect/pull.ts";
export { parseFill } from "./data/migrations/files/parse-fill.ts";
export { migration, op } from "./data/migrations/state/operation.ts";
export type { CheckLiveOptions } from "./data/migrations/inspect/check-live.ts";
export type { DataStep, DataStepContext, HistoricalModel, HistoricalRow } from "./data/migrations/state/data-step.ts";
export type { DumpOptions, TableCount } from "./data/migrations/files/dump.ts";
export type { LoadOptions } from "./data/migrations/files/load.ts";
export type { SeedContext, SeedOptions } from "./data/migrations/files/seeds.ts";
export type { MigrationProgress } from "./data/migrations/run/execute.ts";
export type { SchemaDifference } from "./data/migrations/run/live-schema.ts";
export type { MadeMigration, MakeOptions, MigrationProblem } from "./data/migrations/files/make.ts";
export type { SquashedMigration, SquashOptions } from "./data/migrations/files/squash.ts";
export type {
  MigrateOptions,
  MigrationPreview,
  MigrationsOptions,
  MigrationStatus,
  RollbackOptions,
} from "./data/migrations/run/migrate.ts";
export type { Migration, MigrationOptions, Operation, SqlByDialect, TableData, ViewData } from "./data/migrations/state/operation.ts";
export type { OldCodeBreak, OldCodeOptions } from "./data/migrations/files/old-code.ts";
export type { PulledModels, PullOptions } from "./data/migrations/inspect/pull.ts";
export type { Answers, Question } from "./data/migrations/state/question.ts";
export type { FillText } from "./data/migrations/files/parse-fill.ts";
export type { Finding, Risk } from "./data/migrations/plan/risk.ts";
export type { ColumnState, ConditionData, ForeignKeyState, IndexState, KeyState, ValueData } from "./data/schema/table-state.ts";
