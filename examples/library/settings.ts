/** What differs between machines. `npx gable settings` lists the values and where they come from. */
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineSettings, env } from "gable";

const folder = fileURLToPath(new URL("./var", import.meta.url));

export const settings = defineSettings({
  database: env.url("DATABASE_URL", {
    development: `sqlite:${folder}/reading-room.db`,
    test: "sqlite::memory:",
    help: "Where books, readers and loans are stored.",
  }),
  hosts: env.list("HOSTS", { development: ["localhost"], test: ["localhost"], help: "Host names that the site answers to." }),
  origin: env.url("ORIGIN", {
    development: "http://127.0.0.1:3000",
    test: "http://localhost",
    help: "Public address of the site, for links in mails.",
  }),
  secretKeys: env.secrets("SECRET_KEYS", {
    optional: true,
    help: "Keys that sign cookies, needed in production: `npx gable key generate` prints one.",
  }),
  mailUrl: env.url("MAIL_URL", {
    development: "outbox:",
    test: "memory:",
    help: "How mails are sent, such as smtp://user:password@mail.example.com:587.",
  }),
  mailFrom: env.text("MAIL_FROM", { default: "The Reading Room <library@example.com>", help: "Sender of mails." }),
  timeZone: env.text("TIME_ZONE", { default: "Europe/London", help: "Time zone of the library." }),
  loansMax: env.int("LOANS_MAX", { min: 1, max: 100, default: 5, help: "Most books that a reader has at home." }),
  loanDays: env.int("LOAN_DAYS", { min: 1, max: 365, default: 28, help: "Days until a book is due." }),
  mediaFolder: env.text("MEDIA_FOLDER", {
    development: `${folder}/media`,
    test: join(tmpdir(), `reading-room-${process.pid}`),
    help: "Folder of the files that people upload.",
  }),
});
