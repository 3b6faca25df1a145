/** Names of permissions that every model can have. */

const actions = ["view", "add", "change", "delete"] as const;

/** A permission to do something with the rows of a table, such as "books.change". */
export type ModelPermission<Table extends string = string> = `${Table}.${(typeof actions)[number]}`;

/**
 * Returns the permissions to view, add, change and delete rows of models.
 *
 * Each name starts with the table, such as `books.view`. Your guards and handlers ask for them.
 *
 * @example
 * defineAccounts({ user: User, permissions: ["fines.waive", ...modelPermissions(Book, Loan)] });
 */
export function modelPermissions<Table extends string>(
  ...models: ReadonlyArray<{ readonly $table: Table }>
): ReadonlyArray<ModelPermission<Table>> {
  // A template of two unions is their product, which map() does not see.
  return models.flatMap(({ $table }) => actions.map((action) => `${$table}.${action}` as ModelPermission<Table>));
}
