/** Parameters of statements for logs: hides the values of columns with the option `secret`. */
import type { DriverValue } from "../schema/driver-value.ts";

/** Replaces a secret value. */
const hiddenText = "[secret]";
const places = new WeakMap<readonly DriverValue[], readonly number[]>();

/** Records which parameters of a statement are secret. */
export function hideParameters(parameters: readonly DriverValue[], secret: readonly number[]): void {
  if (secret.length > 0) places.set(parameters, secret);
}

/** Returns the parameters of a statement with the secret ones hidden. */
export function showParameters(parameters: readonly DriverValue[]): readonly DriverValue[] {
  const secret = places.get(parameters);
  return secret === undefined ? parameters : parameters.map((value, place) => (secret.includes(place) ? hiddenText : value));
}
