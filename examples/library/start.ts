/** `npm start`: the library on loopback. */
import { fileURLToPath } from "node:url";
import { createLibrary } from "./app.ts";
import { openLibraryDatabase } from "./database.ts";

const dataFolder = process.env["LIBRARY_DATA"] ?? fileURLToPath(new URL("./var", import.meta.url));
await openLibraryDatabase(dataFolder);
const app = await createLibrary({ dataFolder });
const { url } = await app.listen({ port: Number(process.env["PORT"] ?? 3000) });
console.log(`
  ${url}/                the catalogue of a library: search it, filter it, open a book
  ${url}/proposals/new   propose a book with a cover; send it empty to see the messages
  ${url}/api/books?q=sea the same as JSON
  ${url}/books.csv       the whole list, streamed
  ${url}/nothing         a page that is not there

  Ctrl-C stops it. With GABLE_MODE=development errors show their code and their fix.`);
