/** Writes each message to a file that mail programs open. */
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { toMessageBytes } from "../nodemailer.ts";
import type { MailTransport } from "../transport.ts";

/** Makes a transport that writes each message as an `.eml` file to a folder, which it creates. It needs nodemailer. */
export function fileMail(directory: string): MailTransport {
  const folder = resolve(directory);
  return {
    name: "file",
    delivers: false,
    async send(message) {
      const content = await toMessageBytes(message);
      await mkdir(folder, { recursive: true });
      const stamp = message.date.toISOString().replaceAll(/[:.]/g, "-");
      const name = join(folder, `${stamp}-${message.messageId.slice(1, 9)}.eml`);
      // A reader of the folder never meets half a message.
      await writeFile(`${name}.part`, content);
      await rename(`${name}.part`, name);
    },
    close: () => Promise.resolve(),
  };
}
