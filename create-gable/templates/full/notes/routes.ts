import { get, post, redirect } from "gable";
import { noteForm } from "./forms.ts";
import { Note } from "./models.ts";

export const listNotes = get("/notes", async ({ view, flash }) =>
  view("notes/list.html", { notes: await newest(), form: noteForm.blank(), messages: flash.render() }),
);

export const createNote = post("/notes", { form: noteForm }, async ({ form, view, flash }) => {
  const created = form.valid && (await form.save());
  if (!created) return view("notes/list.html", { notes: await newest(), form, messages: flash.render() }, { status: form.status });
  flash("success", "Your note is on the board.");
  return redirect(listNotes.url());
});

const newest = async (): Promise<readonly Note[]> => Note.orderBy("-id").limit(50);
