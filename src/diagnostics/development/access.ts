/** Who may use the addresses below `/_gable/`: pages of this application, asked for by a host that it has. */
import { GableError } from "../../errors/gable-error.ts";
import type { RawRequest } from "../../http/message.ts";
import { isSafeMethod } from "../../security/cross-site.ts";
import type { HostCheck } from "../../security/hosts.ts";

/**
 * Throws `E_DEVELOPMENT_FOREIGN` for an unknown host, for another origin, and for a request that changes something and does
 * not say where it comes from. A name that points to this machine must not make its browser a way in (DNS rebinding).
 */
export function assertOwnPage({ method, authority, headers }: RawRequest, isKnownHost: HostCheck): void {
  if (!isKnownHost(authority)) throw foreign(`the host "${authority}" is not one of the application`);
  const origins = headers.all("origin");
  const sites = headers.all("sec-fetch-site");
  if (origins.length > 1 || sites.length > 1) throw foreign("a header is sent twice");
  const [origin] = origins;
  const [site] = sites;
  if (origin !== undefined && hostOf(origin) !== authority) throw foreign(`the origin "${origin}" is another one`);
  if (site !== undefined && site !== "same-origin" && site !== "none") throw foreign("another site asks");
  if (!isSafeMethod(method) && origin === undefined && site !== "same-origin") throw foreign("it does not say where it comes from");
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}

function foreign(reason: string): GableError {
  return new GableError("E_DEVELOPMENT_FOREIGN", `The addresses of development are for pages of this application: ${reason}.`);
}
