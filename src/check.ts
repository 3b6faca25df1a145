export { extractMessages } from "./views/check/extract-messages.ts";
export type { Message } from "./views/check/extract-messages.ts";
export { checkViews, formatProblems } from "./views/files/check-views.ts";
export type { CheckViewsOptions, ViewProblem } from "./views/files/check-views.ts";
