/** Links to the pages of a list. */

/** A link to a page of a list; without an address, a gap between pages. */
export interface PageLink {
  readonly text: string;
  readonly url?: string;
  readonly isCurrent: boolean;
}

/** Returns links to the first and the last page, and to those near the current one. */
export function pageLinks({ number, pageCount }: { number: number; pageCount: number }, url: (page: number) => string): PageLink[] {
  if (pageCount === 1) return [];
  const link = (page: number, text = String(page)): PageLink => ({ text, url: url(page), isCurrent: page === number });
  const near = Array.from({ length: pageCount }, (_, index) => index + 1).filter(
    (page) => page === 1 || page === pageCount || Math.abs(page - number) <= 1,
  );
  const links = near.flatMap((page, index) => {
    const isGap = index > 0 && page - near[index - 1]! > 1;
    return isGap ? [{ text: "…", isCurrent: false }, link(page)] : [link(page)];
  });
  return [
    ...(number > 1 ? [{ ...link(number - 1, "Previous"), isCurrent: false }] : []),
    ...links,
    ...(number < pageCount ? [{ ...link(number + 1, "Next"), isCurrent: false }] : []),
  ];
}
