/** The data of the pages, the same for every subject; every tenth text has characters that must be escaped. */

/** A row of the table. */
export interface Row {
  readonly id: number;
  readonly name: string;
  readonly title: string;
  readonly kind: string;
  readonly url: string;
}

/** A card of the page. */
export interface Card {
  readonly id: number;
  readonly title: string;
  readonly author: string;
  readonly text: string;
  readonly isNew: boolean;
  readonly tags: readonly string[];
}

/** What the page shows. */
export interface Page {
  readonly title: string;
  readonly user: { readonly name: string } | null;
  readonly cards: readonly Card[];
}

/** 1,000 rows. */
export const rows: readonly Row[] = Array.from({ length: 1000 }, (_, index) => ({
  id: index,
  name: index % 10 === 0 ? `Tom & "Jerry" <${index}>` : `Customer number ${index}`,
  title: index % 10 === 0 ? `A "quoted" title & more` : `The title of row ${index}`,
  kind: index % 3 === 0 ? "even" : "odd",
  url: `/customers/${index}/orders?page=${index % 7}`,
}));

/** About 30 KiB. */
export const page: Page = {
  title: "News & notes",
  user: { name: "Ada" },
  cards: Array.from({ length: 48 }, (_, index) => ({
    id: index,
    title: index % 10 === 0 ? `Fish & chips <${index}>` : `Headline of article number ${index}`,
    author: `Author ${index % 9}`,
    text: `A paragraph of some length for article ${index}: it has no special characters, as most prose, but it's long enough to matter to an escaper that looks at every character of it, twice if it must. `.repeat(
      2,
    ),
    isNew: index % 5 === 0,
    tags: ["news", "press", `tag-${index % 4}`],
  })),
};

/** A page of two values. */
export const tiny = { name: "Ada & Bob", count: 3 };

/** What each subject renders. */
export interface Renderers {
  readonly table: () => string;
  readonly page: () => string;
  readonly tiny: () => string;
}
