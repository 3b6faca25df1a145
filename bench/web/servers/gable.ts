import { gable, get, html, post, redirect } from "gable";
import { accountFields, defineAccounts, signIn } from "gable/auth";
import { field as f, belongsTo, Model } from "gable/data";
import { modelForm } from "gable/forms";
import { sessionModel } from "gable/session";
import { databaseUrl, port, secret, textMax, userName } from "./common.ts";

class User extends Model("users", { ...accountFields(), name: f.text({ max: 100 }) }) {}
class Note extends Model("notes", { id: f.id(), user: () => belongsTo(User), text: f.text({ max: textMax }) }) {}
const Session = sessionModel();

const noteForm = modelForm(Note, { fields: ["text"], override: { text: { lines: 6 } } });
const accounts = defineAccounts({ user: User, verifyEmail: "never" });
const { signedIn } = accounts.guards;

const layout = (user: User, body: unknown): ReturnType<typeof html> => html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>New note</title></head>
<body>
<header>Signed in as ${user.name}</header>
<main>${body as ReturnType<typeof html>}</main>
</body>
</html>`;

const app = gable({
  origin: `http://127.0.0.1:${port}`,
  secretKeys: [secret],
  log: { requests: false },
  database: databaseUrl,
  models: [User, Note, Session],
  session: { store: "database" },
  accounts,
  routes: [
    get("/enter", async (context) => {
      await signIn(context, await User.get(1));
      return redirect("/notes/new");
    }),
    get("/notes/new", { guard: signedIn }, ({ user }) => layout(user, noteForm.blank().render({ action: "/notes", submit: "Save" }))),
    post("/notes", { guard: signedIn, form: noteForm }, async ({ user, form }) => {
      const note = form.valid && (await form.save({ user }));
      if (!note) return layout(user, form.render({ action: "/notes", submit: "Save" }));
      return redirect("/notes/new");
    }),
  ],
});

if (process.argv.includes("--tables")) {
  await app.start();
  await User.create({ email: "ada@example.com", name: userName, password: "none" });
  await app.close();
} else await app.listen({ port });
