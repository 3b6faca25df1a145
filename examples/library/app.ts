/** The library: its parts, put together. */
import { fileURLToPath } from "node:url";
import type { Application } from "gable";
import { gable } from "gable";
import * as api from "./catalogue/api.ts";
import { coversPrefix } from "./catalogue/covers.ts";
import * as exports from "./catalogue/exports.ts";
import * as catalogue from "./catalogue/routes.ts";
import { remindDaily, remindOverdue, remindReader } from "./loans/reminders.ts";
import * as loansApi from "./loans/api.ts";
import * as live from "./loans/live.ts";
import * as loans from "./loans/routes.ts";
import * as models from "./models.ts";
import { createErrorHook } from "./pages/errors.ts";
import * as pages from "./pages/routes.ts";
import * as proposals from "./proposals/routes.ts";
import { accounts } from "./readers/accounts.ts";
import * as readers from "./readers/routes.ts";
import { settings } from "./settings.ts";
import * as staff from "./staff/routes.ts";

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

const app: Application = gable({
  settings,
  models,
  session: { store: "database" },
  accounts,
  cache: true,
  mail: { transport: settings.mailUrl, from: settings.mailFrom },
  live: {},
  tasks: [remindOverdue, remindReader, remindDaily],
  storage: { store: settings.mediaFolder, public: [`${coversPrefix}/`] },
  static: { directory: path("./static") },
  views: { directories: [path("./views")], untyped: "error" },
  routes: [pages, catalogue, exports, api, readers, loans, loansApi, live, proposals, staff],
  onError: createErrorHook(() => app.mode),
});

export default app;
