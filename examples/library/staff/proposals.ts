/** The staff accepts proposals, which become books, and declines others. */
import { get, group, notFound, post, redirect } from "gable";
import { transaction } from "gable/data";
import { copyCover } from "../catalogue/covers.ts";
import { refreshCatalogue } from "../catalogue/queries.ts";
import { showBook } from "../catalogue/routes.ts";
import { Author, Proposal } from "../models.ts";
import { can } from "../readers/accounts.ts";
import { acceptForm, declineForm } from "./forms.ts";

/** Who accepts a proposal adds a book. */
const mayAccept = [can("proposals.change"), can("books.add")] as const;
const mayDecline = can("proposals.change");

const showAccept = get("/:id(int)/accept", { guard: mayAccept }, async ({ params, view }) => {
  const proposal = await getOpenProposal(params.id);
  const { title, author, year, language } = proposal;
  return view("staff/accept.html", { proposal, form: acceptForm.blank({ title, author, year, language }) });
});

const accept = post("/:id(int)/accept", { guard: mayAccept, form: acceptForm }, async ({ params, form, view, flash }) => {
  const proposal = await getOpenProposal(params.id);
  const book =
    form.valid &&
    (await transaction(async () => {
      const author = await Author.getOrCreate({ name: form.data.author });
      const created = await form.save({ author });
      if (created === null) return null;
      if (proposal.cover !== null) await created.set({ cover: await copyCover(proposal.cover) }).save();
      await proposal.set({ status: "accepted", book: created }).save();
      return created;
    }));
  if (!book) return view("staff/accept.html", { proposal, form }, { status: form.status });
  await refreshCatalogue();
  flash("success", `${book.title} is in the catalogue.`);
  return redirect(showBook.url({ slug: book.slug }));
});

const showDecline = get("/:id(int)/decline", { guard: mayDecline }, async ({ params, view }) =>
  view("staff/decline.html", { proposal: await getOpenProposal(params.id), form: declineForm.blank() }),
);

const decline = post("/:id(int)/decline", { guard: mayDecline, form: declineForm }, async ({ params, form, view, flash }) => {
  const proposal = await getOpenProposal(params.id);
  const saved = form.valid && (await form.saveTo(proposal, { status: "declined" }));
  if (!saved) return view("staff/decline.html", { proposal, form }, { status: form.status });
  flash("success", `${proposal.title} is declined.`);
  return redirect("/staff");
});

export const proposalRoutes = group("/proposals", [showAccept, accept, showDecline, decline]);

/** Returns a proposal that waits; 404 when there is none, or when it was decided already. */
async function getOpenProposal(id: number) {
  const proposal = await Proposal.where({ id, status: "open" }).with({ reader: true }).first();
  if (proposal === undefined) throw notFound("There is no such proposal.");
  return proposal;
}
