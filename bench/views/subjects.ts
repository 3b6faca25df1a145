/** The subjects: each renders the same three pages in its own way, with its escaping on. */
import { readFileSync } from "node:fs";
import type { Card, Renderers } from "./data.ts";
import { page, rows, tiny } from "./data.ts";

const folder = new URL("./templates/", import.meta.url);

/** Template texts for engines with the syntax of Jinja. */
const jinja = (name: string): string =>
  readFileSync(new URL(name, folder), "utf8")
    .split("\n")
    .filter((line) => !/^\{% (?:import|props|from|extends)/.test(line))
    .join("")
    .trim();

async function gableFiles(): Promise<Renderers> {
  const { gable } = await import("gable");
  const { render } = await import("gable/views");
  const app = gable({
    mode: "production",
    hosts: ["localhost"],
    views: { directories: [folder.pathname], generated: new URL("../.gable", folder).pathname },
  });
  await app.start();
  const show = (name: "table.html" | "page.html" | "tiny.html", props: object): string => String(render(app.view(name, props as never)));
  return { table: () => show("table.html", { rows }), page: () => show("page.html", { page }), tiny: () => show("tiny.html", tiny) };
}

async function gableHtml(): Promise<Renderers> {
  const { html, render } = await import("gable/views");
  const card = (item: Card) =>
    html`<article id="a${item.id}" class="${item.isNew ? "new" : null}"><h2><a href="/articles/${item.id}">${item.title}</a></h2><p class="by">${item.author}</p><p>${item.text}</p><ul>${item.tags.map((tag) => html`<li>${tag}</li>`)}</ul></article>`;
  return {
    table: () =>
      String(
        render(
          html`<table>${rows.map((row) => html`<tr class="${row.kind}"><td>${row.id}</td><td title="${row.title}">${row.name}</td><td><a href="${row.url}">open</a></td></tr>`)}</table>`,
        ),
      ),
    page: () =>
      String(
        render(
          html`<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${page.title}</title></head><body><header><a href="/">Home</a>${page.user === null ? html`<a href="/login">Log in</a>` : html`<span>${page.user.name}</span>`}</header><main><h1>${page.title}</h1>${page.cards.map(card)}</main><footer><p>All rights reserved.</p></footer></body></html>`,
        ),
      ),
    tiny: () => String(render(html`<h1>Hello ${tiny.name}</h1><p>You have ${tiny.count} messages.</p>`)),
  };
}

async function ghtml(): Promise<Renderers> {
  const { html } = await import("ghtml");
  const card = (item: Card): string =>
    html`<article id="a${item.id}"!${item.isNew ? ' class="new"' : ""}><h2><a href="/articles/${item.id}">${item.title}</a></h2><p class="by">${item.author}</p><p>${item.text}</p><ul>!${item.tags.map((tag) => html`<li>${tag}</li>`)}</ul></article>`;
  return {
    table: () =>
      html`<table>!${rows.map((row) => html`<tr class="${row.kind}"><td>${row.id}</td><td title="${row.title}">${row.name}</td><td><a href="${row.url}">open</a></td></tr>`)}</table>`,
    page: () =>
      html`<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${page.title}</title></head><body><header><a href="/">Home</a>!${page.user === null ? html`<a href="/login">Log in</a>` : html`<span>${page.user.name}</span>`}</header><main><h1>${page.title}</h1>!${page.cards.map(card)}</main><footer><p>All rights reserved.</p></footer></body></html>`,
    tiny: () => html`<h1>Hello ${tiny.name}</h1><p>You have ${tiny.count} messages.</p>`,
  };
}

async function honoHtml(): Promise<Renderers> {
  const { html, raw } = await import("hono/html");
  const card = (item: Card) =>
    html`<article id="a${item.id}"${item.isNew ? raw(' class="new"') : ""}><h2><a href="/articles/${item.id}">${item.title}</a></h2><p class="by">${item.author}</p><p>${item.text}</p><ul>${item.tags.map((tag) => html`<li>${tag}</li>`)}</ul></article>`;
  return {
    table: () =>
      String(
        html`<table>${rows.map((row) => html`<tr class="${row.kind}"><td>${row.id}</td><td title="${row.title}">${row.name}</td><td><a href="${row.url}">open</a></td></tr>`)}</table>`,
      ),
    page: () =>
      String(
        html`<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${page.title}</title></head><body><header><a href="/">Home</a>${page.user === null ? html`<a href="/login">Log in</a>` : html`<span>${page.user.name}</span>`}</header><main><h1>${page.title}</h1>${page.cards.map(card)}</main><footer><p>All rights reserved.</p></footer></body></html>`,
      ),
    tiny: () => String(html`<h1>Hello ${tiny.name}</h1><p>You have ${tiny.count} messages.</p>`),
  };
}

async function eta(): Promise<Renderers> {
  const { Eta } = await import("eta");
  const engine = new Eta({ autoTrim: false, cache: true });
  engine.loadTemplate(
    "@card",
    `<article id="a<%= it.item.id %>"<% if (it.item.isNew) { %> class="new"<% } %>><h2><a href="/articles/<%= it.item.id %>"><%= it.item.title %></a></h2><p class="by"><%= it.item.author %></p><p><%= it.item.text %></p><ul><% for (const tag of it.item.tags) { %><li><%= tag %></li><% } %></ul></article>`,
  );
  engine.loadTemplate(
    "@table",
    `<table><% for (const row of it.rows) { %><tr class="<%= row.kind %>"><td><%= row.id %></td><td title="<%= row.title %>"><%= row.name %></td><td><a href="<%= row.url %>">open</a></td></tr><% } %></table>`,
  );
  engine.loadTemplate(
    "@page",
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title><%= it.page.title %></title></head><body><header><a href="/">Home</a><% if (it.page.user) { %><span><%= it.page.user.name %></span><% } else { %><a href="/login">Log in</a><% } %></header><main><h1><%= it.page.title %></h1><% for (const item of it.page.cards) { %><%~ include("@card", { item }) %><% } %></main><footer><p>All rights reserved.</p></footer></body></html>`,
  );
  engine.loadTemplate("@tiny", "<h1>Hello <%= it.name %></h1><p>You have <%= it.count %> messages.</p>");
  return {
    table: () => engine.render("@table", { rows }),
    page: () => engine.render("@page", { page }),
    tiny: () => engine.render("@tiny", tiny),
  };
}

async function nunjucks(): Promise<Renderers> {
  const { default: engine } = await import("nunjucks");
  const environment = new engine.Environment(null, { autoescape: true });
  const compile = (text: string) => engine.compile(text, environment);
  const parts = jinja("parts.html").replace("(item: Card)", "(item)");
  const layout = jinja("layout.html").replace(
    /\{% block main %\}\{% endblock %\}/,
    jinja("page.html").replace(/\{% block main %\}|\{% endblock %\}/g, ""),
  );
  const table = compile(jinja("table.html"));
  const whole = compile(parts + layout);
  const small = compile(jinja("tiny.html"));
  return { table: () => table.render({ rows }), page: () => whole.render({ page }).trim(), tiny: () => small.render(tiny) };
}

async function handlebars(): Promise<Renderers> {
  const { default: engine } = await import("handlebars");
  engine.registerPartial(
    "card",
    `<article id="a{{id}}"{{#if isNew}} class="new"{{/if}}><h2><a href="/articles/{{id}}">{{title}}</a></h2><p class="by">{{author}}</p><p>{{text}}</p><ul>{{#each tags}}<li>{{this}}</li>{{/each}}</ul></article>`,
  );
  const table = engine.compile(
    `<table>{{#each rows}}<tr class="{{kind}}"><td>{{id}}</td><td title="{{title}}">{{name}}</td><td><a href="{{url}}">open</a></td></tr>{{/each}}</table>`,
  );
  const whole = engine.compile(
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{page.title}}</title></head><body><header><a href="/">Home</a>{{#if page.user}}<span>{{page.user.name}}</span>{{else}}<a href="/login">Log in</a>{{/if}}</header><main><h1>{{page.title}}</h1>{{#each page.cards}}{{> card}}{{/each}}</main><footer><p>All rights reserved.</p></footer></body></html>`,
  );
  const small = engine.compile("<h1>Hello {{name}}</h1><p>You have {{count}} messages.</p>");
  return { table: () => table({ rows }), page: () => whole({ page }), tiny: () => small(tiny) };
}

async function edge(): Promise<Renderers> {
  const { Edge } = await import("edge.js");
  const engine = new Edge({ cache: true });
  engine.registerTemplate("table", {
    template: `<table>\n@each(row in rows)\n<tr class="{{ row.kind }}"><td>{{ row.id }}</td><td title="{{ row.title }}">{{ row.name }}</td><td><a href="{{ row.url }}">open</a></td></tr>\n@end\n</table>`,
  });
  engine.registerTemplate("page", {
    template: `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ page.title }}</title></head><body><header><a href="/">Home</a>\n@if(page.user)\n<span>{{ page.user.name }}</span>\n@else\n<a href="/login">Log in</a>\n@end\n</header><main><h1>{{ page.title }}</h1>\n@each(item in page.cards)\n<article id="a{{ item.id }}"{{{ item.isNew ? ' class="new"' : "" }}}><h2><a href="/articles/{{ item.id }}">{{ item.title }}</a></h2><p class="by">{{ item.author }}</p><p>{{ item.text }}</p><ul>\n@each(tag in item.tags)\n<li>{{ tag }}</li>\n@end\n</ul></article>\n@end\n</main><footer><p>All rights reserved.</p></footer></body></html>`,
  });
  engine.registerTemplate("tiny", { template: "<h1>Hello {{ name }}</h1><p>You have {{ count }} messages.</p>" });
  return {
    table: () => engine.renderSync("table", { rows }),
    page: () => engine.renderSync("page", { page }),
    tiny: () => engine.renderSync("tiny", tiny),
  };
}

type Create = (tag: string, attributes: Record<string, unknown> | null, ...children: unknown[]) => unknown;

/** The three pages as calls of a function that makes elements. */
function elements(h: Create, toText: (node: unknown) => string, className: string, texts: (value: string | number) => unknown): Renderers {
  const card = (item: Card): unknown =>
    h(
      "article",
      { id: `a${item.id}`, key: item.id, ...(item.isNew && { [className]: "new" }) },
      h("h2", null, h("a", { href: `/articles/${item.id}` }, texts(item.title))),
      h("p", { [className]: "by" }, texts(item.author)),
      h("p", null, texts(item.text)),
      h(
        "ul",
        null,
        item.tags.map((tag) => h("li", { key: tag }, texts(tag))),
      ),
    );
  return {
    table: () =>
      toText(
        h(
          "table",
          null,
          rows.map((row) =>
            h(
              "tr",
              { [className]: row.kind, key: row.id },
              h("td", null, texts(row.id)),
              h("td", { title: row.title }, texts(row.name)),
              h("td", null, h("a", { href: row.url }, "open")),
            ),
          ),
        ),
      ),
    page: () =>
      `<!doctype html>${toText(
        h(
          "html",
          { lang: "en" },
          h("head", null, h("meta", { [className === "class" ? "charset" : "charSet"]: "utf-8" }), h("title", null, texts(page.title))),
          h(
            "body",
            null,
            h(
              "header",
              null,
              h("a", { href: "/" }, "Home"),
              page.user === null ? h("a", { href: "/login" }, "Log in") : h("span", null, texts(page.user.name)),
            ),
            h("main", null, h("h1", null, texts(page.title)), page.cards.map(card)),
            h("footer", null, h("p", null, "All rights reserved.")),
          ),
        ),
      )}`,
    tiny: () =>
      toText(h("div", null, h("h1", null, "Hello ", texts(tiny.name)), h("p", null, "You have ", texts(tiny.count), " messages."))).slice(
        5,
        -6,
      ),
  };
}

async function kita(): Promise<Renderers> {
  const { Html } = await import("@kitajs/html");
  const create: Create = (tag, attributes, ...children) => {
    const { key: _key, ...rest } = attributes ?? {};
    return Html.createElement(tag, rest, ...(children.flat() as string[]));
  };
  return elements(create, String, "class", (value) => Html.escapeHtml(String(value)));
}

async function preact(): Promise<Renderers> {
  const { h } = await import("preact");
  const { renderToString } = await import("preact-render-to-string");
  return elements(h as unknown as Create, renderToString as (node: unknown) => string, "class", (value) => value);
}

async function react(): Promise<Renderers> {
  const { createElement } = await import("react");
  const { renderToStaticMarkup } = await import("react-dom/server");
  return elements(createElement as unknown as Create, renderToStaticMarkup as (node: unknown) => string, "className", (value) => value);
}

/** All subjects by name. */
export const subjects: Readonly<Record<string, () => Promise<Renderers>>> = {
  "gable files": gableFiles,
  "gable html": gableHtml,
  eta,
  ghtml,
  "hono/html": honoHtml,
  "@kitajs/html": kita,
  nunjucks,
  edge,
  preact,
  react,
  handlebars,
};
