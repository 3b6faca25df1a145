/** The page that visitors get when something went wrong. */
import type { Application, ErrorHook } from "gable";

/** What a status means to a visitor. */
const texts: Readonly<Record<number, readonly [title: string, line: string]>> = {
  401: ["Please sign in first", "This needs your library card."],
  403: ["This door is for the staff", "Your account cannot open this page."],
  404: ["This page is not on our shelves", "The address may be misspelt, or the book was never here."],
  405: ["This page does not take that", "Go back and use the buttons of the page."],
  413: ["That is too large", "Please send a smaller file."],
  429: ["That was quick", "Please wait a little, then try again."],
  500: ["A shelf fell over", "We have been told, and pick the books up."],
};
const otherText = ["That did not work", "Please check what was sent, and try again."] as const;

/** Creates the hook for an application. In development, crashes keep the page of the framework, which says more. */
export function createErrorHook(mode: () => Application["mode"]): ErrorHook {
  return ({ status, context }) => {
    // Programs get JSON, whatever they accept.
    const wantsPage = !context.path.startsWith("/api/") && context.headers.get("accept")?.includes("text/html") === true;
    if (!wantsPage || (status >= 500 && mode() === "development")) return undefined;
    const [title, line] = texts[status] ?? otherText;
    return context.view("error.html", { status, title, line, requestId: context.requestId });
  };
}
