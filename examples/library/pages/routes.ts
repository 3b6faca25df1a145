/** The first page. */
import { group } from "gable";
import { countBooks, countLanguages, countSubjects, findBooksOfTheDay } from "../catalogue/queries.ts";
import { maybeSignedIn } from "../readers/accounts.ts";

export const pages = group("", { guard: maybeSignedIn, cache: { etag: true } });

export const home = pages.get("/", async ({ view }) => {
  const [bookCount, subjects, languages, books] = await Promise.all([countBooks(), countSubjects(), countLanguages(), findBooksOfTheDay()]);
  return view("home.html", { bookCount, subjects: subjects.slice(0, 24), languages, books });
});
