/** Where Gable differs from Jinja on purpose, and how the differential test leaves it out. The reference prints this list. */

/** One difference. */
export interface JinjaDifference {
  readonly topic: string;
  readonly jinja: string;
  readonly gable: string;
  /** How the test leaves it out. */
  readonly excluded: string;
}

/** All differences that the test knows. */
export const jinjaDifferences: readonly JinjaDifference[] = [
  { topic: "`{{ none }}`", jinja: "`None`", gable: "nothing", excluded: "Jinja's output is changed" },
  { topic: "`{{ true }}`, `{{ 1.0 }}`", jinja: "`True`, `1.0`", gable: "`true`, `1`", excluded: "Jinja's output is changed" },
  { topic: "quotes in text", jinja: "`&#34;`, `&#39;`", gable: "kept", excluded: "no value has quotes" },
  { topic: "a name that is not passed", jinja: "nothing", gable: "an error", excluded: "every name is passed" },
  { topic: "a list as text", jinja: "`[1, 2]`", gable: "an error, or its items", excluded: "lists are joined" },
  {
    topic: "a block in a loop",
    jinja: "sees the loop variable only if `scoped`",
    gable: "always sees it",
    excluded: "blocks are at the top",
  },
  { topic: "a name that a parent sets", jinja: "seen by blocks of its children", gable: "its own", excluded: "parents set nothing" },
  { topic: "a macro above its definition", jinja: "an error", gable: "works", excluded: "macros are called below" },
  { topic: "`default` of `none`", jinja: "`None`", gable: "the default", excluded: "no value is none there" },
  { topic: "methods of Python, such as `s.upper()`", jinja: "work", gable: "an error that names the filter", excluded: "filters are used" },
];
