/** The spans inside requests and tasks: one for each event of the channels that tell how long something took. */
import { isGableError } from "../errors/gable-error.ts";

/** A span that has ended already. */
export interface ChildSpan {
  readonly name: string;
  /** Whether it waits for another program, such as a database. */
  readonly isClient: boolean;
  readonly attributes: Readonly<Record<string, string | number>>;
  /** Whether its error is an answer to a client, such as 403, and no mistake of the program. Default false. */
  readonly isAnswer?: boolean;
}

/** An event that has a time. */
export interface TimedEvent {
  readonly durationMs: number;
  /** What failed it; undefined, or absent, without an error. */
  readonly error?: unknown;
}

/** A statement on the channel `gable.data.query`. */
interface StatementEvent extends TimedEvent {
  readonly sql: string;
  readonly database: string;
  readonly dialect: string;
}

/** A decision on the channel `gable.guard.check`. */
interface GuardEvent extends TimedEvent {
  readonly guard: string | undefined;
  readonly outcome: string;
}

/** Names of databases in the conventions of OpenTelemetry, where they differ. */
const systems: Readonly<Record<string, string>> = { postgres: "postgresql" };

/** By the name of the channel: makes the span of an event. Values of queries and keys of the cache are never in it. */
export const childSpans: Readonly<Record<string, (event: never) => ChildSpan>> = {
  "gable.data.query": ({ sql, database, dialect }: StatementEvent) => {
    const operation = /^\s*([a-z]+)/i.exec(sql)?.[1]?.toUpperCase();
    const system = systems[dialect] ?? dialect;
    return {
      name: operation ?? system,
      isClient: true,
      attributes: {
        "db.system.name": system,
        "db.query.text": sql,
        "gable.database": database,
        ...(operation !== undefined && { "db.operation.name": operation }),
      },
    };
  },
  "gable.guard.check": ({ guard, outcome, error }: GuardEvent) => ({
    name: guard === undefined ? "guard" : `guard ${guard}`,
    isClient: false,
    attributes: { ...(guard !== undefined && { "gable.guard": guard }), "gable.guard.outcome": outcome },
    isAnswer: isGableError(error) && error.status < 500,
  }),
  "gable.view.render": ({ view }: { readonly view: string | undefined }) => ({
    name: view === undefined ? "render" : `render ${view}`,
    isClient: false,
    attributes: { ...(view !== undefined && { "gable.view": view }) },
  }),
  "gable.mail.send": ({ recipientCount }: { readonly recipientCount: number }) => ({
    name: "send mail",
    isClient: true,
    attributes: { "gable.mail.recipients": recipientCount },
  }),
  "gable.cache.read": ({ outcome }: { readonly outcome: string }) => ({
    name: "read cache",
    isClient: true,
    attributes: { "gable.cache.outcome": outcome },
  }),
};
