/** The first page. */
import { get } from "gable";
import { catalogueTag, countBooks, countLanguages, countSubjects, findBooksOfTheDay } from "../catalogue/queries.ts";

/**
 * Everybody gets the same page, so Gable stores it whole: it has no guard, and its view reads neither the reader nor messages.
 * A change of books drops it.
 */
export const home = get("/", { cache: { storeSeconds: 600, tags: [catalogueTag], etag: true } }, async ({ view }) => {
  const [bookCount, subjects, languages, books] = await Promise.all([countBooks(), countSubjects(), countLanguages(), findBooksOfTheDay()]);
  return view("home.html", { bookCount, subjects: subjects.slice(0, 24), languages, books });
});
