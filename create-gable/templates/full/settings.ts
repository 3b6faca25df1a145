import { defineSettings, env } from "gable";

/** Everything that differs between machines. `npx gable settings` lists the values and where they come from. */
export const settings = defineSettings({
  database: env.url("DATABASE_URL", { default: "sqlite:var/app.db", test: "sqlite::memory:", help: "Where rows are stored." }), // if sqlite
  // if server: database: env.url("DATABASE_URL", {
  // if server:   development: "{{databaseUrl}}",
  // if server:   test: "{{databaseUrl}}_test",
  // if server:   help: "Where rows are stored, such as {{exampleUrl}}.",
  // if server: }),
  hosts: env.list("HOSTS", { development: ["localhost"], test: ["localhost"], help: "Host names that the site answers to." }),
  mailUrl: env.text("MAIL_URL", { development: "outbox:", test: "outbox:", help: "Server that sends mail." }), // if accounts
  origin: env.url("ORIGIN", { development: "http://localhost:3000", test: "http://localhost", help: "Public address of the site." }),
  secretKeys: env.secrets("SECRET_KEYS", {
    test: ["u5Zk2Qm8Xr1Wd7Tn4Yb9Gc3Hf6Js0Lp-aVeKoRiPtMxQ"],
    help: "Keys that sign cookies: `npx gable key generate` prints one.",
  }),
});
