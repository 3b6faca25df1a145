/**
 * The texts of one file: `{% trans %}` and `t("...")` of a template file, `t("...")` of a TypeScript file.
 * Throws `E_VIEW_SYNTAX` for a template that cannot be read.
 */
export declare function extractMessages(text: string, file: string): Message[];

/** A text to translate, where it stands. */
export interface Message {
    /** The text: what translations are found by. */
    readonly message: string;
    /** The text for several; "" where there is none. */
    readonly plural: string;
    /** What the text is about; "" where it has one meaning. */
    readonly context: string;
    /** What a comment before it tells translators: `{# translators: ... #}` or `// translators: ...`. "" without one. */
    readonly comment: string;
    /** The file that the text is in. */
    readonly file: string;
    /** Line, from 1. */
    readonly line: number;
}

/**
 * Checks all views of a project, and `html` in its TypeScript sources. Returns the problems, Gable's own first. A project
 * without TypeScript or without tsconfig.json is a problem too, with what to install or to write.
 */
export declare function checkViews(options: CheckViewsOptions): ViewProblem[];

/** Problems as text, with code frames. */
export declare function formatProblems(problems: readonly ViewProblem[]): string;

/** What to check. */
export interface CheckViewsOptions extends Omit<ViewProjectOptions, "watches"> {
    /** Folder of the project, with its tsconfig.json. Default the working directory. */
    readonly project?: string;
    /** Whether warnings list the places that go around escaping: `raw()`, `sql.unsafe()`, `safe`, `autoescape false`. Default false. */
    readonly listsUnsafe?: boolean;
}

/** One finding. */
export interface ViewProblem {
    /** Whether it fails the check. */
    readonly severity: "error" | "warning";
    /** File as it is shown: of the template where it is known. */
    readonly file: string;
    /** Line, from 1; 0 when unknown. */
    readonly line: number;
    /** Column, from 1; 0 when unknown. */
    readonly column: number;
    /** Code of Gable or of TypeScript. */
    readonly code: string;
    /** What is wrong. */
    readonly message: string;
    /** How to mend it; "" when TypeScript says it in the message. */
    readonly fix: string;
    /** The line with a mark below; "" when the file is not a view. */
    readonly frame: string;
}
