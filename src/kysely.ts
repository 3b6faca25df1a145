export { kysely } from "./data/kysely/kysely.ts";
export type { DatabaseOf } from "./data/kysely/database-types.ts";
