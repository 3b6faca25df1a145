import { gable } from "gable";
import * as models from "./models.ts";
import * as notes from "./notes/routes.ts";
import * as pages from "./pages/routes.ts";
import { settings } from "./settings.ts";

export default gable({
  settings,
  models,
  session: {},
  views: "views",
  static: "static",
  compression: true,
  routes: [pages, notes],
});
