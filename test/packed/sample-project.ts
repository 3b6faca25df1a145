/** A small project: routes, and a view with one of each construct that compiled views import from the package. */

/** Listens, and prints its port. */
export const app = `import { gable, html } from "gable";
const app = gable({ views: "views" });
app.get("/page", ({ view }) => view("page.html", { items: [{ name: "a" }] }));
app.get("/", () => html\`<h1>Hello</h1>\`);
app.get("/users/:id(int)", ({ params }) => ({ id: params.id }));
const { port } = await app.listen({ port: 0 });
console.log("PORT " + port);
`;
/** The template files. */
export const views: Readonly<Record<string, string>> = {
  "box.html": "{% slot children %}{% endslot %}{% slot row(n: number = 1) %}{% endslot %}",
  "base.html":
    "{% props items: ReadonlyArray<{ name: string }> %}<title>{% block title %}T{% endblock %}</title>{% block body scoped %}{% endblock %}",
  "page.html": [
    "{% props items: ReadonlyArray<{ name: string }>, late?: Promise<string>, coming?: AsyncIterable<string> %}",
    '{% extends "base.html" %}',
    "{% macro mark(text: string) %}<b>{{ text }}{{ caller() }}</b>{% endmacro %}",
    "{% block title %}{{ super() }}{% endblock %}",
    "{% block body %}",
    '{% for item in items recursive %}<a href="/{{ item.name }}" title="{{ item.name }}" class="{{ loop.index }} x" hidden="{{ not item }}">{{ item.name|upper }}</a>{% endfor %}',
    "{% for item in items %}{% partialdef row(item: { name: string }) inline %}<i>{{ item.name }}</i>{% endpartialdef %}{% else %}none{% endfor %}",
    '{% component "box.html" %}x{% slot row(n) %}{{ n }}{% endslot %}{% endcomponent %}{% call mark("m") %}c{% endcall %}',
    '{% cache "k", 1 ttlSeconds=5 vary=["user"] %}{{ user }}{% endcache %}{% trans n=items|length %}<b>{{ n }}</b> item{% pluralize %}<b>{{ n }}</b> items{% endtrans %}',
    "{% for async each in coming %}{{ each }}{% endfor %}{{ await late }}{% set x %}y{% endset %}{% if x %}{{ x }}{% endif %}",
    "<script>const items = {{ items|tojson }};</script><style>a { color: {{ 'red' }} }</style>",
    "{% endblock %}",
  ].join("\n"),
};
