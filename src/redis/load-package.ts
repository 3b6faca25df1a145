/** Loads the package `redis`. Public declarations must not reach this file: they name no optional package. */
import { GableError } from "../errors/gable-error.ts";

/** Loads the package `redis`. Throws `E_REDIS_MISSING`. */
export async function loadPackage(): Promise<typeof import("redis")> {
  try {
    return await import("redis");
  } catch (error) {
    throw new GableError("E_REDIS_MISSING", "The package redis is not installed.", { cause: error });
  }
}
