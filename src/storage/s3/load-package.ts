/** Loads the package `aws4`. Public declarations must not reach this file: they name no optional package. */
import { GableError } from "../../errors/gable-error.ts";

/** Signs requests to services that speak the protocol of AWS. */
export type Aws4 = Pick<typeof import("aws4"), "sign">;

/** Loads the package `aws4`. Throws `E_STORAGE_PACKAGE` with the install command. */
export async function loadAws4(): Promise<Aws4> {
  try {
    return (await import("aws4")).default;
  } catch (error) {
    throw new GableError("E_STORAGE_PACKAGE", "The package aws4 is not installed; s3Storage() signs requests with it.", { cause: error });
  }
}
