/** The secrets of an application, to remove them from what it writes: those of its settings, and those among its options. */
import { isSecretName } from "../errors/secret-names.ts";
import { listSecrets } from "../settings/define-settings.ts";
import { findUrlPasswords } from "../settings/secret-texts.ts";
import { readAllEnvironment } from "./mode.ts";
import type { GableOptions } from "./options.ts";

/** Returns the secrets of the settings, the secret keys, the tokens of metrics and health, and the passwords in addresses of databases and of mail. */
export function findSecretOptions({
  settings = {},
  secretKeys = [],
  database,
  databases = {},
  mail,
  metrics,
  health,
}: GableOptions): string[] {
  const addresses: unknown[] = [
    typeof database === "object" ? database.url : database,
    ...Object.values(databases).map(({ url }) => url),
    typeof mail === "object" ? mail.transport : mail,
  ];
  return [
    ...listSecrets(settings),
    ...onlyTexts([...secretKeys, metrics?.token, typeof health === "object" ? health.token : undefined]),
    ...onlyTexts(addresses).flatMap(findUrlPasswords),
  ];
}

/** Returns the values of the variables of the environment that have secret names: reports of development do not show them. */
export function findSecretVariables(): string[] {
  const variables = Object.entries(readAllEnvironment()).filter(([name]) => isSecretName(name));
  // File paths, such as that of an agent's socket, are not secret.
  return onlyTexts(variables.map(([, value]) => value)).filter((value) => !value.startsWith("/"));
}

function onlyTexts(values: readonly unknown[]): string[] {
  return values.filter((value) => typeof value === "string");
}
