/** An application that takes large uploads, in its own process: it keeps, saves, and stores them. Its arguments are two folders. */
import { join } from "node:path";
import { gable, post } from "gable";
import { field as f, form } from "gable/forms";
import { diskStorage, storage } from "gable/storage";
import { silentLogger } from "../silent-logger.ts";

const [directory = "", stored = ""] = process.argv.slice(2);
const upload = form({ file: f.file({ bytesMax: 400_000_000 }) }, { name: "upload" });
const app = gable({
  mode: "production",
  logger: silentLogger,
  uploads: { directory },
  storage: { store: diskStorage({ directory: stored }), public: true },
  routes: [
    post("/spool", { form: upload }, ({ form: sent }) => String(sent.valid && sent.data.file.sizeBytes)),
    post("/path", { form: upload }, async ({ form: sent }) => {
      if (sent.valid) await sent.data.file.saveTo(join(stored, "one.bin"));
      return String(sent.valid && sent.data.file.sizeBytes);
    }),
    post("/storage", { form: upload }, async ({ form: sent }) => {
      const saved = sent.valid && (await sent.data.file.saveTo(storage));
      if (saved !== false) await storage.delete(saved.key);
      return String(saved !== false && saved.bytes);
    }),
  ],
});
const { port } = await app.listen({ port: 0, quiet: true });
console.log(String(port));
