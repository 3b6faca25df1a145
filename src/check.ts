export { checkViews, formatProblems } from "./views/files/check-views.ts";
export type { CheckViewsOptions, ViewProblem } from "./views/files/check-views.ts";
