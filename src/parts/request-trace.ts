/** Defines how an application tells the tools of development what happens in a request. */
import type { SourcePlace } from "../errors/source-place.ts";

/** A step of a request that takes time. */
export type TraceStep = "routing" | "guards" | "parsing" | "handler";

/** Takes notes about the request that runs. Only development has one. */
export interface RequestTrace {
  /** Runs work, and notes how long it takes. */
  measure<Result>(step: TraceStep, work: () => Result): Result;
  /** Notes the route, and the context of the request. */
  noteRoute(context: object, label: string, place: SourcePlace | undefined): void;
  /** Notes what a guard decided, with its reason. */
  noteGuard(name: string, verdict: string): void;
  /** Takes values that no tool may show. */
  noteSecrets(secrets: readonly string[]): void;
  /** Notes a log line. */
  noteLog(level: string, message: string, facts: object): void;
}
