/** 500 template files: compiled for the first time, started from what was compiled, and the memory that they hold. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gable } from "gable";

const count = 500;
const body = `{% props title: string, items: readonly { name: string; url: string; kind: string }[] %}
{% extends "layout.html" %}
{% block content %}
<h1>{{ title }}</h1>
{% for item in items %}
  {% if item.kind == "link" %}
  <p class="{{ item.kind }}"><a href="{{ item.url }}" title="{{ item.name }}">{{ item.name|truncate(40) }}</a></p>
  {% else %}
  <p>{{ loop.index }}: {{ item.name|upper }}</p>
  {% endif %}
{% endfor %}
{% endblock %}
`;

const folder = mkdtempSync(join(tmpdir(), "gable-bench-views-"));
mkdirSync(join(folder, "views"));
writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
writeFileSync(
  join(folder, "views/layout.html"),
  "{% props title: string %}\n<title>{{ title }}</title>{% block content %}{% endblock %}\n",
);
for (let index = 0; index < count; index++) writeFileSync(join(folder, `views/page-${index}.html`), body);
// Generated modules import the run time of the package by its name.
symlinkSync(new URL("../../node_modules", import.meta.url).pathname, join(folder, "node_modules"));

async function start(): Promise<{ ms: number; bytes: number }> {
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const app = gable({ mode: "production", hosts: ["localhost"], views: { directories: [join(folder, "views")] } });
  const started = performance.now();
  await app.start();
  const ms = performance.now() - started;
  globalThis.gc?.();
  const bytes = process.memoryUsage().heapUsed - before;
  app.view("page-0.html", { title: "x", items: [] } as never);
  return { ms, bytes };
}

try {
  const { ms, bytes } = await start();
  process.stdout.write(JSON.stringify({ ms, bytesPerFile: bytes / count, sourceBytes: body.length }));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
