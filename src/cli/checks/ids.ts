/** Ids of all checks. */
import { alwaysChecks } from "./always-list.ts";
import { deployChecks, startErrorIds } from "./deploy.ts";
import { migrationIds } from "./migrations.ts";

/** Errors of gable() that are checks as well, by their code. */
export const optionErrorIds: Readonly<Record<string, string>> = {
  E_ROUTE_DUPLICATE: "routes.duplicate",
  E_PATTERN_NOT_LINEAR: "routes.regexp-slow",
  E_OPTION_UNKNOWN: "settings.unknown",
  E_SETTINGS_BOTH: "settings.both",
  E_TASK_UNKNOWN: "tasks.unknown",
};

/** Ids of warnings about template files. */
export const viewIds = ["views.unused-prop", "views.untyped", "views.inline-script", "forms.unlabelled"] as const;

/** Ids of mistakes with which an application does not start. */
export const startIds: readonly string[] = [...Object.values(optionErrorIds), ...Object.values(startErrorIds)];

/** Ids of all other checks. */
export const silentIds: readonly string[] = [
  ...new Set([...alwaysChecks.map(({ id }) => id), ...migrationIds, ...viewIds, "unsafe", ...deployChecks.map(({ id }) => id)]),
];
