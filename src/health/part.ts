/** The health endpoints as a part of an application. */
import type { OptionKinds } from "../errors/option-errors.ts";
import { assertKnownOptions } from "../errors/option-errors.ts";
import { assertEndpointToken } from "../handlers/endpoint-token.ts";
import { definePart } from "../parts/part.ts";
import type { HealthOptions } from "./health.ts";
import { Health } from "./health.ts";

/** The option of `gable()` for health endpoints. */
export interface HealthSetting {
  /** Health endpoints, or false for none. Default `/up` and `/ready`. */
  health?: HealthOptions | false;
}

const optionNames: OptionKinds<HealthOptions> = { up: "string", ready: "string", checks: "object", token: true };

/** Answers `/up` and `/ready`, whatever host was asked for. */
export const healthPart = definePart({
  name: "health",
  option: {
    names: { health: true },
    check: ({ health }: HealthSetting) => {
      if (typeof health !== "object") return;
      assertKnownOptions("gable() health", health, optionNames);
      if (health.token !== undefined) assertEndpointToken("gable() health", health.token);
    },
    isEnabled: ({ health }) => health !== false,
  },
  start: (host, { health }) =>
    new Health(health === false ? {} : (health ?? {}), {
      findChecks: () => host.healthChecks(),
      isOpen: host.mode !== "production",
      hasRoute: (path) => host.hasRoute(path),
      onFailed: (failed) =>
        host.logger.warn(
          { checks: Object.fromEntries(failed.map(({ name, reason = "gave false" }) => [name, reason])) },
          `Not ready: ${failed.map(({ name }) => name).join(", ")}.`,
        ),
    }),
});
