/** A process that writes rows, and says which ones are stored: it is killed from outside. */
import { createDatabase, field as f, Model, transaction } from "../../src/data.ts";

class Entry extends Model("entries", { id: f.id(), writer: f.text({ max: 40 }), number: f.int() }) {}

const [url, writer] = process.argv.slice(2) as [string, string];
await createDatabase({ url, models: [Entry] });
for (let number = 1; ; number += 2) {
  // One row alone, and one in a transaction with another one that is changed.
  await Entry.create({ writer, number });
  process.stdout.write(`${number}\n`);
  await transaction(async () => {
    await Entry.create({ writer, number: number + 1 });
    await Entry.where({ writer, number }).update({ writer });
  });
  process.stdout.write(`${number + 1}\n`);
  // Others have their turn.
  await new Promise((resolve) => setImmediate(resolve));
}
