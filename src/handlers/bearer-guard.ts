/** Guards that decide by `Authorization: Bearer`: a browser never sends that by itself, so their routes need no cross-site check. */
import type { HeaderReader } from "../http/header-table.ts";

/** What marks a guard that decides by a bearer token, and sets the user of the request. */
export interface BearerMark {
  /** Always true. */
  readonly takesBearer: true;
}

/** Whether a token decides who sends a request, as far as these guards matter: the first one decides, and the others see its user. */
export function takesBearerFirst([first]: readonly unknown[]): boolean {
  return typeof first === "function" && "takesBearer" in first && first.takesBearer === true;
}

const bearerForm = /^bearer +(\S+) *$/i;

/** Returns the token of a request; undefined for one that sends none, and for two fields Authorization. */
export function readBearer(headers: HeaderReader): string | undefined {
  const [field, ...more] = headers.all("authorization");
  return field === undefined || more.length > 0 ? undefined : bearerForm.exec(field)?.[1];
}
