/** Error codes of development: its own addresses, and modules that cannot be loaded. */
import { entry } from "./catalogue-entry.ts";

/** What only development reports. */
export const developmentErrors = {
  E_DEVELOPMENT_FOREIGN: entry(
    403,
    "The development tools answer only pages of this application",
    "Open the page by an address of the application, such as http://localhost:3000.",
  ),
  E_MODULE_SYNTAX: entry(500, "A module has a syntax error", "Correct the line that the report shows."),
  E_MODULE_MISSING: entry(500, "A module cannot be found", "Install the package, or correct the path of the import."),
  E_MODULE_EXPORT: entry(500, "A module lacks what another one imports", "Export the name, or correct the name of the import."),
} as const;
