/** The pieces of a body that comes piece by piece. */
import { GableError } from "../errors/gable-error.ts";
import { describeValue } from "../errors/option-errors.ts";

/** Returns the bytes of a piece. Throws `E_ROUTE_RESULT` for one that is neither text nor bytes: its length on the wire would be wrong. */
export function toPieceBytes(piece: unknown): Uint8Array {
  if (piece instanceof Uint8Array) return piece;
  if (typeof piece === "string") return Buffer.from(piece);
  if (ArrayBuffer.isView(piece)) return new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength);
  if (piece instanceof ArrayBuffer) return new Uint8Array(piece);
  throw new GableError("E_ROUTE_RESULT", `The stream of a reply gave ${describeValue(piece)}; it must give strings or bytes.`, {
    fix: "Yield strings, such as JSON.stringify(value), or a Uint8Array.",
  });
}
