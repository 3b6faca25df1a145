/** `npm start`: the library on this machine, from nothing. */
import { fileURLToPath } from "node:url";
import { createDatabase } from "gable/data";

// Gable looks for migrations in the folder that the process runs in.
process.chdir(fileURLToPath(new URL(".", import.meta.url)));
const port = Number(process.env["PORT"] ?? 3000);
// Settings are read when the application is imported.
process.env["GABLE_MODE"] ??= "development";
process.env["ORIGIN"] ??= `http://127.0.0.1:${port}`;
const { settings } = await import("./settings.ts");
const models = await import("./models.ts");
const { prepareDatabase, prepareDemoAccounts, prepareStaff } = await import("./setup.ts");

const database = await createDatabase({ url: settings.database, models });
await prepareDatabase(database);
await database.close();

const { default: app } = await import("./app.ts");
await app.start();
await prepareStaff(app);
const accounts = await prepareDemoAccounts(app, "var/demo-accounts.json");
const { url } = await app.listen({ port, quiet: true });
console.log(`
  ${url}/                the catalogue: search it, open a book, borrow it
  ${url}/account/login   sign in as a reader, another reader, or staff:
${accounts.map(({ email, password }) => `      ${email.padEnd(20)} ${password}`).join("\n")}
  ${url}/_gable/mail     mails that the site has sent: get a card of your own, and confirm it here
  ${url}/api/books?q=sea the catalogue as JSON

  Ctrl-C stops it.`);
