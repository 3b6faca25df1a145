/**
 * Returns the strings of one file: `{% trans %}` and `t("...")` in a template file, `t("...")` in a TypeScript file.
 * Throws `E_VIEW_SYNTAX` for a template that cannot be parsed.
 */
export declare function extractMessages(text: string, file: string): Message[];

/** A string to translate and its position. */
export interface Message {
    /** The string. Translations are found by it. */
    readonly message: string;
    /** The plural string; "" without one. */
    readonly plural: string;
    /** The context of the string, which tells its meanings apart; "" without one. */
    readonly context: string;
    /** The preceding comment for translators: `{# translators: ... #}` or `// translators: ...`; "" without one. */
    readonly comment: string;
    /** The file that contains the string. */
    readonly file: string;
    /** Line, from 1. */
    readonly line: number;
}

/**
 * Checks all views of a project, and `html` in its TypeScript sources. Returns the problems, Gable's own first. A
 * project without TypeScript or without tsconfig.json is a problem too, which says what to install or to write.
 */
export declare function checkViews(options: CheckViewsOptions): ViewProblem[];

/** Problems as text, with code frames. */
export declare function formatProblems(problems: readonly ViewProblem[]): string;

/** Options for checking views. */
export interface CheckViewsOptions extends Omit<ViewProjectOptions, "watches"> {
    /** Folder of the project, with its tsconfig.json. Default: the working directory. */
    readonly project?: string;
    /** Whether warnings list the code that bypasses escaping: `raw()`, `sql.unsafe()`, `safe`, `autoescape false`. Default false. */
    readonly listsUnsafe?: boolean;
    /** Folder of static files: a warning names each file in `asset("name")` that the folder lacks. None by default. */
    readonly statics?: string;
}

/** One finding. */
export interface ViewProblem {
    /** Whether it fails the check. */
    readonly severity: "error" | "warning";
    /** File as displayed: the template if it is known. */
    readonly file: string;
    /** Line, from 1; 0 if unknown. */
    readonly line: number;
    /** Column, from 1; 0 if unknown. */
    readonly column: number;
    /** Code of Gable or of TypeScript. */
    readonly code: string;
    /** The error. */
    readonly message: string;
    /** How to fix it; "" if TypeScript's message says so. */
    readonly fix: string;
    /** The line with a mark below it; "" if the file is not a view. */
    readonly frame: string;
}
