/** Lets the tools of development follow a request. Other modes use the functions as they are, so that following costs nothing there. */
import { isGableError } from "../errors/gable-error.ts";
import type { Guard } from "../handlers/handler.ts";
import type { AppLogger, LogMethod } from "../handlers/logger.ts";
import type { RequestTrace, TraceStep } from "../parts/request-trace.ts";
import { readLine } from "../log/line-facts.ts";
import { HandlerReply } from "../replies/handler-reply.ts";
import type { RouteTable } from "../routing/route-table.ts";
import type { CompiledRoute } from "./compile-routes.ts";

/** Finds the trace of the running application; undefined before it has started. */
export type FindTrace = () => RequestTrace | undefined;

/** The part of a route table that answers requests. */
export type RouteFinder = Pick<RouteTable<CompiledRoute>, "find" | "findFolder" | "allowOf" | "methods">;

/** Returns a function that measures each call of another one. */
export function traceStep<Values extends readonly unknown[], Result>(
  step: TraceStep,
  run: (...values: Values) => Result,
  find: FindTrace | undefined,
): (...values: Values) => Result {
  if (find === undefined) return run;
  return (...values) => {
    const trace = find();
    return trace === undefined ? run(...values) : trace.measure(step, () => run(...values));
  };
}

/** Returns guards that tell their decisions. */
export function traceGuards(guards: readonly Guard[], find: FindTrace | undefined): readonly Guard[] {
  return find === undefined ? guards : guards.map((guard) => traceGuard(guard, find));
}

function traceGuard(guard: Guard, find: FindTrace): Guard {
  const traced: Guard = async (context) => {
    const trace = find();
    if (trace === undefined) return guard(context);
    const name = guard.name === "" ? "(anonymous)" : guard.name;
    try {
      const verdict = await trace.measure("guards", () => guard(context));
      trace.noteGuard(name, describeVerdict(verdict));
      return verdict;
    } catch (error) {
      trace.noteGuard(name, isGableError(error) ? `refused: ${error.code}, ${error.message}` : "failed with an error");
      throw error;
    }
  };
  // Events on node:diagnostics_channel have the name, too.
  return Object.defineProperty(traced, "name", { value: guard.name });
}

function describeVerdict(verdict: unknown): string {
  if (verdict === true) return "passed";
  if (verdict === false) return "refused: it returned false";
  return verdict instanceof HandlerReply ? `replied with ${verdict.status}` : "replied";
}

/** Returns a table that measures how long it takes to find a route. */
export function traceTable(table: RouteTable<CompiledRoute>, find: FindTrace | undefined): RouteFinder {
  if (find === undefined) return table;
  return {
    find: traceStep("routing", (method: string, path: string) => table.find(method, path), find),
    findFolder: (method, path) => table.findFolder(method, path),
    allowOf: (path) => table.allowOf(path),
    get methods() {
      return table.methods;
    },
  };
}

/** Returns a logger that tells its lines. Everything else of the logger stays. */
export function traceLogger(logger: AppLogger, find: FindTrace | undefined, facts: object = {}): AppLogger {
  if (find === undefined) return logger;
  const told =
    (level: "debug" | "info" | "warn" | "error"): LogMethod =>
    (first, message) => {
      const line = readLine(first, message);
      find()?.noteLog(level, line.message, { ...facts, ...line.facts });
      logger[level](first as object, message); // Both forms of the method are passed on as they came.
    };
  const methods = { debug: told("debug"), info: told("info"), warn: told("warn"), error: told("error") };
  // A logger may have more methods than the framework uses: those are inherited.
  return Object.assign(Object.create(logger) as AppLogger, {
    ...methods,
    child: (more: object) => traceLogger(logger.child(more), find, { ...facts, ...more }),
  });
}
