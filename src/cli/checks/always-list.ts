/** The checks that need no flag. */
import type { Check } from "./check.ts";
import { modelChecks } from "./models.ts";
import { nodeChecks } from "./node-version.ts";
import { packageChecks } from "./packages.ts";
import { routeChecks } from "./routes.ts";

/** All of them, in the order of their report. */
export const alwaysChecks: readonly Check[] = [...nodeChecks, ...packageChecks, ...routeChecks, ...modelChecks];
