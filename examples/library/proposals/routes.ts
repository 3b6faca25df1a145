/** Readers propose books that they miss, and see what became of them. */
import { group, notFound, redirect } from "gable";
import { Proposal } from "../models.ts";
import { signedIn } from "../readers/accounts.ts";
import { proposalForm } from "./forms.ts";

export const proposals = group("/proposals", { guard: signedIn });

proposals.get("", async ({ user, view }) =>
  view("proposals/list.html", { proposals: await Proposal.where({ reader: user.id }).with({ book: true }).limit(100) }),
);

proposals.get("/new", ({ view }) => view("proposals/new.html", { form: proposalForm.blank() }));

proposals.post("/new", { form: proposalForm }, async ({ user, form, view, flash }) => {
  const proposal = form.valid && (await form.save({ reader: user }));
  if (!proposal) return view("proposals/new.html", { form }, { status: form.status });
  flash("success", `Thank you for proposing ${proposal.title}.`);
  return redirect(showProposal.url({ id: proposal.id }));
});

const showProposal = proposals.get("/:id(int)", async ({ params, user, view }) => {
  const proposal = await Proposal.where({ id: params.id }).with({ book: true }).first();
  // To others, proposals of a reader do not exist.
  if (proposal === undefined || proposal.readerId !== user.id) throw notFound("There is no such proposal.");
  return view("proposals/show.html", { proposal });
});
