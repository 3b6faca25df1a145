/** A process that migrates a database, and kills itself before a statement: its number is the third argument. */
import { createDatabase } from "../../src/data.ts";
import { migrate } from "../../src/migrations.ts";

const [url = "", folder = "", at = "0"] = process.argv.slice(2);
const database = await createDatabase({ url, models: [] });
let count = 0;
const onStatement = (): void => {
  if (++count === Number(at)) process.kill(process.pid, "SIGKILL");
};
await migrate({ database, folder, allowCopies: true, onStatement });
await database.close();
