/** Routes that begin and end a session, and a visitor who uses them. */
import type { RunningApp } from "gable";
import { post } from "gable";

/** Makes the routes: an application keeps what it makes of them. */
export const sessionRoutes = () =>
  [
    post("/login/:user", ({ session, params }) => {
      session.rotate({ userId: params.user });
      return null;
    }),
    post("/logout", ({ session }) => {
      session.end();
      return null;
    }),
  ] as const;

/** Signs a user in, and returns the cookie of the session. */
export async function login(server: Pick<RunningApp, "url">, user: string): Promise<string> {
  const reply = await fetch(`${server.url}/login/${user}`, { method: "POST" });
  return reply.headers.getSetCookie()[0]!.split(";")[0]!;
}
