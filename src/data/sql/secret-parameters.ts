/** Values of statements as logs may show them: those of columns with the option `secret` are left out. */
import type { DriverValue } from "../schema/driver-value.ts";

/** Stands for a value that nobody shall read. */
const hiddenText = "[secret]";
const places = new WeakMap<readonly DriverValue[], readonly number[]>();

/** Notes which values of a statement are secret. */
export function hideParameters(parameters: readonly DriverValue[], secret: readonly number[]): void {
  if (secret.length > 0) places.set(parameters, secret);
}

/** The values of a statement without those that are secret. */
export function showParameters(parameters: readonly DriverValue[]): readonly DriverValue[] {
  const secret = places.get(parameters);
  return secret === undefined ? parameters : parameters.map((value, place) => (secret.includes(place) ? hiddenText : value));
}
