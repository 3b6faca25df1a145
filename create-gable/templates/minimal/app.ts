import { gable, html } from "gable";
import type { Html } from "gable";

const page = (title: string, body: Html): Html => html`<!doctype html>
  <html lang="en">
    <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width">
      <title>${title}</title>
    </head>
    <body>
      <main>${body}</main>
    </body>
  </html>`;

const app = gable();
export default app;

app.get("/", ({ url }) => {
  const name = url.searchParams.get("name") ?? "";
  const greeting = name === "" ? null : html`<p>Hello, ${name}.</p>`;
  const form = html`<form>
    <label>Your name <input name="name" value="${name}" required></label>
    <button>Greet</button>
  </form>`;
  return page("Hello", html`<h1>Hello from Gable</h1>${greeting}${form}`);
});

app.get("/api/squares/:number(int)", ({ params }) => ({ square: params.number ** 2 }));
