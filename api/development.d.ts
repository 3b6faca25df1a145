/**
 * Makes the report of anything that was thrown. It never throws: a value whose inspection throws is shown as such.
 *
 * @example
 * const report = createErrorReport(new Error("The file does not exist."));
 * report.code; // => "E_INTERNAL"
 */
export declare function createErrorReport(error: unknown, facts?: ErrorFacts): ErrorReport;

/** Reads the newest report; undefined without one. `folder` is that of the project; default: the working directory. */
export declare function readLastError(folder?: string): Promise<ErrorReport | undefined>;

/**
 * Writes a report for `gable last-error`.
 *
 * `folder` is that of the project; default: the working directory. A project that nobody may write to, or a runtime without files, does
 * without.
 */
export declare function writeLastError(report: ErrorReport, folder?: string): Promise<void>;

/** Renders a report. The text holds no secrets, and the page runs no code that it shows. */
export declare function renderErrorReport(report: ErrorReport, format: ReportFormat, options?: RenderReportOptions): string;

/** What a report can say besides the error. All of it is optional. */
export interface ErrorFacts {
    /** The request in which it happened. None by default. */
    readonly request?: RequestFacts;
    /** Statements of the request. None by default. */
    readonly statements?: readonly StatementFacts[];
    /** Log lines of the request. None by default. */
    readonly log?: readonly LogFacts[];
    /** The nearest routes, for an address without a route. None by default. */
    readonly routes?: readonly RouteMiss[];
    /** Values that must not appear, besides those with secret names. None by default. */
    readonly secrets?: readonly string[];
    /** Folder of the project, which places are relative to. Default: the working directory. */
    readonly folder?: string;
    /** Folders of the template files. Default `views` in the folder of the project. */
    readonly views?: readonly string[];
}

/** The report of an error. All of it is plain JSON, and secrets are removed. */
export interface ErrorReport {
    /** When the report was made, as a date of ISO 8601. */
    readonly time: string;
    /** Code of the error; `E_INTERNAL` for an error without a code. */
    readonly code: string;
    /** HTTP status. */
    readonly status: number;
    /** What happened and where. */
    readonly message: string;
    /** How to fix it; "" when nobody knows. */
    readonly fix: string;
    /** Page of the documentation about the code; "" for codes of the application. */
    readonly docs: string;
    /** The frame that fails: the line of a template, or the first frame of the application. */
    readonly failing?: ReportedFrame;
    /** The error with its stack, its parts and its causes. */
    readonly error: ReportedError;
    /** Fields that were refused, for a status of 422 or 400. */
    readonly fields: readonly FieldError[];
    /** Methods that the address takes, for a status of 405; "" otherwise. */
    readonly allow: string;
    /** The nearest routes, for a status of 404. */
    readonly routes: readonly RouteMiss[];
    /** The request; undefined outside of one. */
    readonly request?: ReportedRequest;
    /** Statements that the request has sent so far. */
    readonly statements: readonly ReportedStatement[];
    /** Log lines that the request has written so far. */
    readonly log: readonly ReportedLine[];
    /** Versions of Gable, the runtime and the platform. */
    readonly versions: Readonly<Record<string, string>>;
}

/** One error of a chain: the error itself, one of its parts, or its cause. */
export interface ReportedError {
    /** Name of its class, such as `TypeError`. */
    readonly name: string;
    /** Code; undefined when it has none. */
    readonly code?: string;
    /** What happened. */
    readonly message: string;
    /** Facts that the error carries. */
    readonly details: Readonly<Record<string, PlainValue>>;
    /** Frames of its stack, the innermost first. */
    readonly frames: readonly ReportedFrame[];
    /** Parts of an AggregateError. */
    readonly parts: readonly ReportedError[];
    /** The error that led to it. */
    readonly cause?: ReportedError;
}

/** A route that does not take the path of a request, with the reason. */
export interface RouteMiss {
    /** Method. */
    readonly method: string;
    /** Whole pattern. */
    readonly pattern: string;
    /** Why it did not match. */
    readonly reason: string;
    /** `file:line` that defines it; "" when unknown. */
    readonly place: string;
}

/** A form of a report: a page, plain text, `application/problem+json`, or Markdown for an issue. */
export type ReportFormat = "html" | "text" | "problem" | "markdown";

/** Options for `renderErrorReport()`. All of them are optional. */
export interface RenderReportOptions {
    /** Nonce of the content security policy, for the style and the script of the page. None by default: both lack a nonce then. */
    readonly nonce?: string;
    /** Whether plain text has the colours of a terminal. Default false. */
    readonly colours?: boolean;
    /**
     * Editor that links to source lines open: `vscode`, `cursor`, `zed`, `idea`, `sublime`, `none`, or an address with `{file}` and
     * `{line}`. Default `vscode`.
     */
    readonly editor?: string;
    /** Address that runs migrations by POST; the page has a button for it when they are pending. None by default. */
    readonly migrateUrl?: string;
}

/** A log line, as a report gets it. */
export interface LogFacts {
    /** `debug`, `info`, `warn` or `error`. */
    readonly level: string;
    /** Its message. */
    readonly message: string;
    /** Its facts by name, with secrets. */
    readonly facts: object;
}

/** A name with its value. */
export type NamedText = readonly [name: string, value: string];

/** Values of one kind. */
export interface ReportedGroup {
    /** What they are, such as `Headers`. */
    readonly title: string;
    /** The values. */
    readonly rows: readonly NamedText[];
}

/** A log line, as a report has it. */
export interface ReportedLine {
    /** `debug`, `info`, `warn` or `error`. */
    readonly level: string;
    /** Its message. */
    readonly message: string;
    /** Its facts by name. */
    readonly facts: Readonly<Record<string, PlainValue>>;
}

/** A request, as a report has it. */
export interface ReportedRequest {
    /** Id of the request. */
    readonly id: string;
    /** Method. */
    readonly method: string;
    /** Whole URL, without secret values of its query. */
    readonly url: string;
    /** Method and pattern of the route; "" when none matched. */
    readonly route: string;
    /** `file:line` of the route; "" when unknown. */
    readonly place: string;
    /** Address of the client. */
    readonly ip: string;
    /** Groups of values: parameters, query, form, headers, cookies, session, user. */
    readonly groups: readonly ReportedGroup[];
}

/** A statement, as a report has it. */
export interface ReportedStatement {
    /** The statement. */
    readonly sql: string;
    /** Duration, in ms. */
    readonly durationMs: number;
    /** Rows that it returned or changed. */
    readonly rowCount: number;
    /** Its values as one text; "" when the database does not tell them. */
    readonly parameters: string;
    /** Code that sent it; undefined when unknown. */
    readonly place?: ReportedPlace;
}

/** A request, as a report gets it: with secrets, which it removes. */
export interface RequestFacts {
    /** Id of the request. */
    readonly id: string;
    /** Method. */
    readonly method: string;
    /** Whole URL. */
    readonly url: string;
    /** Method and pattern of the route; undefined when none matched. */
    readonly route?: string | undefined;
    /** Where the route is defined. */
    readonly place?: SourcePlace | undefined;
    /** Address of the client. */
    readonly ip: string;
    /** Path parameters. */
    readonly params?: unknown;
    /** Pairs of the query. */
    readonly query?: readonly NamedText[];
    /** Form as it was sent; undefined without one. */
    readonly form?: unknown;
    /** JSON body; undefined without one. */
    readonly json?: unknown;
    /** Header fields. */
    readonly headers?: readonly NamedText[];
    /** Cookies. */
    readonly cookies?: readonly NamedText[];
    /** Session; undefined without one. */
    readonly session?: unknown;
    /** User; undefined without one. */
    readonly user?: unknown;
}

/** A statement, as a report gets it. */
export interface StatementFacts {
    /** The statement. */
    readonly sql: string;
    /** Duration, in ms. */
    readonly durationMs: number;
    /** Rows that it returned or changed. */
    readonly rowCount: number;
    /** Values; undefined when the database does not tell them. */
    readonly parameters?: readonly unknown[] | undefined;
    /** Code that sent it; undefined when unknown. */
    readonly place?: SourcePlace | undefined;
}

/** A frame of the stack. */
export interface ReportedFrame {
    /** Function; "" when it has no name. */
    readonly call: string;
    /** Where; undefined for built-in functions. */
    readonly place?: ReportedPlace;
    /** `application` for your code and templates, `framework` for Gable and packages, `runtime` for Node. */
    readonly owner: "application" | "framework" | "runtime";
    /** Whether the place is in a template file. */
    readonly isTemplate: boolean;
    /** Lines around the place; only frames of the application have them. */
    readonly source: readonly SourceLine[];
}

/** A place in the source, as a report has it. */
export interface ReportedPlace {
    /** File: an absolute path, or what the stack says. */
    readonly file: string;
    /** Line, from 1. */
    readonly line: number;
    /** `file:line`, with the file relative to the folder of the project. */
    readonly shown: string;
}

/** A line of source code. */
export interface SourceLine {
    /** Number of the line, from 1. */
    readonly number: number;
    /** Its text, without secrets. */
    readonly text: string;
    /** Whether the error names this line. */
    readonly isFailing: boolean;
}

/** A value that JSON can hold. */
export type PlainValue = string | number | boolean | null | readonly PlainValue[] | {
    readonly [name: string]: PlainValue;
};

/** Creates the replies for one failure. For `gable dev`. */
export declare function createFailureReplies(options: Omit<FailureReplyOptions, "report"> & {
    readonly report: unknown;
}): FailureReplies;

/** Variable that tells a worker that `gable dev` runs it; its value changes with the code. */
export declare const generationVariable = "GABLE_DEV";

/** Answers all requests with one failure. Use {@link createFailureReplies}. */
export declare class FailureReplies {
    #private;
    constructor(options: FailureReplyOptions);
    /** Answers a request. */
    answer(request: RawRequest): Promise<Reply>;
    /** Ends the streams of events: the pages ask again, and find the new worker. */
    end(): void;
}

/** Options of {@link FailureReplies}. */
export interface FailureReplyOptions {
    /** The error that ended the start. */
    readonly report: ErrorReport;
    /** What distinguishes this failure from other ones, and from code that works. */
    readonly generation: string;
    /** Hosts of the application as far as they are known, next to those of loopback. */
    readonly hosts: readonly string[];
    /** Editor that opens files from the page, as in `GABLE_EDITOR`. By default `vscode://`. */
    readonly editor?: string | undefined;
}

/** A request that was answered. */
export interface AnsweredRequest {
    /** Kind of the message. */
    readonly type: "request";
    /** Method of the request. */
    readonly method: string;
    /** Path with the query, as it was sent. */
    readonly path: string;
    /** Status of the reply. */
    readonly status: number;
    /** Time until the reply was made, in milliseconds. */
    readonly ms: number;
    /** Number of database statements. */
    readonly queries: number;
    /** Size of the body. */
    readonly bytes: number;
}

/** A static file that has changed, by its address. */
export interface ChangedFile {
    /** Address of the file, without a query. */
    readonly path: string;
    /** Fingerprint of its content. */
    readonly hash: string;
}

/** From the worker to `gable dev`. */
export type FromDevelopment = AnsweredRequest | {
    readonly type: "migrate";
};

/** Something that a developer should do, shown as a bar in the page and in the terminal. */
export interface Notice {
    /** What it is about; a new notice replaces the one with the same id. */
    readonly id: "types" | "migrations" | "packages";
    /** The problem, in a sentence. */
    readonly text: string;
    /** Command that fixes it. */
    readonly command?: string;
    /** Address below `/_gable/` that runs the command, by POST. */
    readonly action?: string;
    /** Single problems with their places. */
    readonly items?: ReadonlyArray<{
        readonly place: string;
        readonly text: string;
    }>;
}

/** From `gable dev` to its worker. */
export type ToDevelopment = 
/** Template files have changed. */
{
    readonly type: "views";
}
