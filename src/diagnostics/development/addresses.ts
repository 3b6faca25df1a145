/** Addresses that only exist in development. */

/** Start of all of them. */
export const developmentPrefix = "/_gable/";
/** Folder of the browser scripts. */
export const clientPrefix = `${developmentPrefix}client/`;
/** The events that tell pages to follow a change. */
export const eventsPath = `${developmentPrefix}events`;
/** Runs migrations, by POST. */
export const migratePath = `${developmentPrefix}migrate`;
/** Start of the addresses that explain error codes. */
export const errorDocsPrefix = `${developmentPrefix}errors/`;
/** The requests that are kept. */
export const requestsPath = `${developmentPrefix}requests`;

/** Returns whether a tool of development answers an address. The routes of other parts, such as the page of mails, have the rest. */
export function isToolPath(path: string): boolean {
  return (
    path.startsWith(clientPrefix) ||
    path.startsWith(errorDocsPrefix) ||
    [eventsPath, migratePath, requestsPath].some((own) => path === own || path.startsWith(`${own}/`))
  );
}
