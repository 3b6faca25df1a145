/** Writes errors into spans, without the secrets of the application. */
import type { Span } from "@opentelemetry/api";
import { toErrorText } from "../errors/error-text.ts";
import { isGableError } from "../errors/gable-error.ts";
import { isErrorValue, readProperty } from "../errors/thrown-value.ts";
import type { Api } from "./tracing.ts";

/** Writes errors into the spans of one application. */
export class ErrorWriter {
  /** Removes the secrets of the application from texts. */
  redact = (text: string): string => text;
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  /** Marks a span as failed, with the error and its stack. */
  write(span: Span, error: unknown, type = typeOf(error)): void {
    span.setStatus({ code: this.#api.SpanStatusCode.ERROR });
    span.setAttribute("error.type", type);
    if (!isErrorValue(error)) return;
    const stack = readProperty(error, "stack");
    span.recordException({
      name: typeOf(error),
      message: this.redact(toErrorText(error)),
      ...(typeof stack === "string" && { stack: this.redact(stack) }),
    });
  }

  /** Marks a span as failed, with the status of the reply as the type of the error. */
  writeStatus(span: Span, status: number): void {
    span.setStatus({ code: this.#api.SpanStatusCode.ERROR });
    span.setAttribute("error.type", String(status));
  }
}

/** Returns the type of an error: its code if it is a GableError, else its name. */
export function typeOf(error: unknown): string {
  if (isGableError(error)) return error.code;
  const name = isErrorValue(error) ? readProperty(error, "name") : undefined;
  return typeof name === "string" ? name : "_OTHER";
}
