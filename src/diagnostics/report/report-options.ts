/** How reports are rendered. */

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
  /** @internal Start of the addresses that explain error codes. */
  readonly docsUrl?: string;
}
