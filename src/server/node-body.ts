/** The body of a request of node:http under the engine's own limits of time, rate and trailers. */
import type { IncomingMessage } from "node:http";
import type { ErrorCode } from "../errors/catalogue.ts";
import { catalogue } from "../errors/catalogue.ts";
import { GableError } from "../errors/gable-error.ts";
import { HeaderTable } from "../http/header-table.ts";
import { findTrailerFault, isTrailerKept } from "./chunked-decoder.ts";

type TimeLimit = "bodyIdleMs" | "bodyMs" | "bodyBytesPerSecondMin" | "bodyRateGraceMs";

/** What reading a body needs of its request. */
export interface NodeBodyHost {
  /** A limit as the route, else the server has it. */
  readonly limit: (name: TimeLimit) => number;
  /** Called when the first bytes are asked for. */
  readonly onStart: () => void;
  /** Called when the rest of the body is given up. */
  readonly onFault: () => void;
}

/** Yields the bytes. Throws `E_BODY_TIMEOUT`, `E_BODY_TOO_SLOW`, `E_BODY_INCOMPLETE`, or the fault of a trailer. */
export async function* readNodeBody(incoming: IncomingMessage, trailerBytesMax: number, host: NodeBodyHost): AsyncGenerator<Uint8Array> {
  host.onStart();
  const startedAt = performance.now();
  let receivedBytes = 0;
  const source = incoming[Symbol.asyncIterator]();
  while (true) {
    const step = await nextWithin(source, startedAt, receivedBytes, host);
    if (step.done === true) break;
    // Without setEncoding, node:http gives buffers.
    const chunk = step.value as Uint8Array;
    receivedBytes += chunk.length;
    yield chunk;
  }
  assertTrailers(incoming.rawTrailers, trailerBytesMax);
}

async function nextWithin(
  source: AsyncIterator<unknown>,
  startedAt: number,
  receivedBytes: number,
  host: NodeBodyHost,
): Promise<IteratorResult<unknown>> {
  const elapsedMs = performance.now() - startedAt;
  // The rate is due when the bytes at hand would no longer reach it, and never before the grace time is over.
  const rateMs = Math.max(host.limit("bodyRateGraceMs"), (receivedBytes * 1000) / host.limit("bodyBytesPerSecondMin")) - elapsedMs;
  const timeMs = Math.min(host.limit("bodyIdleMs"), host.limit("bodyMs") - elapsedMs);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const code = rateMs < timeMs ? "E_BODY_TOO_SLOW" : "E_BODY_TIMEOUT";
    timer = setTimeout(() => reject(bodyFault(code)), Math.max(Math.min(rateMs, timeMs), 0)).unref();
  });
  try {
    return await Promise.race([source.next(), late]);
  } catch (error) {
    host.onFault();
    throw error instanceof GableError ? error : new GableError("E_BODY_INCOMPLETE", "The body ended early.", { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

function bodyFault(code: ErrorCode): GableError {
  return new GableError(code, `${catalogue[code].title}.`);
}

/** The trailers that may be kept. */
export function toTrailers(incoming: IncomingMessage): HeaderTable {
  return new HeaderTable(pairsOf(incoming.rawTrailers).filter(([name]) => isTrailerKept(name.toLowerCase())));
}

/** The rules of trailers, on what Node's parser gives (rows K5 and K6). */
function assertTrailers(raw: readonly string[], bytesMax: number): void {
  let bytes = 0;
  let count = 0;
  for (const [name, value] of pairsOf(raw)) {
    bytes += name.length + value.length + 4;
    const fault = bytes > bytesMax ? "E_TRAILER_MALFORMED" : findTrailerFault(name.toLowerCase(), ++count);
    if (fault !== undefined) throw bodyFault(fault);
  }
}

function pairsOf(raw: readonly string[]): Array<[string, string]> {
  const pairs: Array<[string, string]> = [];
  for (let index = 0; index < raw.length; index += 2) pairs.push([raw[index]!, raw[index + 1]!]);
  return pairs;
}
