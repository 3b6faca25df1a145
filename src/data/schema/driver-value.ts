/** Values that drivers accept and return. */

/** A value as drivers take and return it. Dates and undefined never reach a driver: codecs convert them first. */
export type DriverValue = string | number | bigint | boolean | Uint8Array | null;
