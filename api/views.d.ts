/**
 * Makes markup from a template; values are escaped by their place.
 * Throws `E_VIEW_PLACE` for a hole where no value may stand, `E_VIEW_VALUE` for a value that cannot be shown.
 *
 * @example
 * html`<a href="/u/${user.id}" title="${user.name}">${user.name}</a>`;
 */
export declare function html(strings: TemplateStringsArray, ...holes: readonly Hole[]): Html;

/** Marks text as markup. Whatever it holds is sent as it is: never pass what a user wrote. */
export declare function raw(markup: string): Html;

/** A value that is markup already. Made by {@link html} and {@link raw} alone. */
export declare class Html {
    #private;
    /** Known also to a second copy of the package; JSON cannot make a symbol. */
    get [htmlKey](): true;
    /** The markup. */
    toString(): string;
}

/** What may stand in a hole: not an object, a function, a date or a forgotten promise. */
export type Hole = string | number | bigint | boolean | null | undefined | Html | HoleArray;

/** A list of holes. */
export interface HoleArray extends ReadonlyArray<Hole> {
}
