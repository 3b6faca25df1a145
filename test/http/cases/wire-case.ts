/** A case of the wire: what is sent, and what must come back. */
export interface WireCase {
  /** Name, such as "C2-length-and-chunked". */
  readonly id: string;
  /** Row of the acceptance table. */
  readonly rule: string;
  /** Where the rule stands. */
  readonly source: string;
  /** Bytes as Latin-1 text. */
  readonly send: string;
  /** `refused` with one of the statuses and a closed connection, or `accepted` with one reply. */
  readonly expect: Refused | Accepted;
}

/** One answer with an error status, then a closed connection; status 0 stands for a close without a reply. */
export interface Refused {
  readonly verdict: "refused";
  readonly status: number;
  /** Whether the connection may stay open: the framing was sound. */
  readonly staysOpen?: boolean;
}

/** Exactly one reply, whose echo has these members. */
export interface Accepted {
  readonly verdict: "accepted";
  readonly echo?: Readonly<Record<string, unknown>>;
}

/** A refusal that closes the connection. */
export function refused(status: number): Refused {
  return { verdict: "refused", status };
}

/** An error answer on a connection that stays. */
export function answered(status: number): Refused {
  return { verdict: "refused", status, staysOpen: true };
}

/** An accepted request; `echo` are members of what the listener saw. */
export function accepted(echo: Readonly<Record<string, unknown>> = {}): Accepted {
  return { verdict: "accepted", echo };
}

/** A table of cases of one rule: name, bytes, expectation. */
export function casesOf(rule: string, source: string, rows: ReadonlyArray<readonly [string, string, Refused | Accepted]>): WireCase[] {
  return rows.map(([name, send, expect]) => ({ id: `${rule}-${name}`, rule, source, send, expect }));
}

/** A request with a line and fields; each ends with CR LF. */
export function head(line: string, ...fields: readonly string[]): string {
  return `${[line, ...fields].join("\r\n")}\r\n\r\n`;
}

/** A GET with a Host and further fields. */
export function get(target: string, ...fields: readonly string[]): string {
  return head(`GET ${target} HTTP/1.1`, "Host: a.test", ...fields);
}

/** A POST with a Host, further fields and a body. */
export function post(body: string, ...fields: readonly string[]): string {
  return head("POST /p HTTP/1.1", "Host: a.test", ...fields) + body;
}
