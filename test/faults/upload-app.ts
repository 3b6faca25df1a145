/** An application that takes uploads, for the test of a full disk. */
import { gable, get, post } from "gable";
import { field as f, form } from "gable/forms";

const uploadForm = form({ file: f.file({ bytesMax: 5_000_000 }) }, { name: "upload" });
const app = gable({
  mode: "test",
  limits: { bodyBytesMax: 10_000_000 },
  routes: [
    get("/", () => "home"),
    post("/upload", { form: uploadForm }, ({ form: sent }) =>
      sent.valid ? String(sent.data.file.sizeBytes) : `invalid: ${JSON.stringify(sent.errors())}`,
    ),
  ],
});
const { url } = await app.listen({ port: 0, quiet: true });
console.log(`at ${url}`);
