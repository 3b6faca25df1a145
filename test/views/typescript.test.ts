/** Template files under the versions of TypeScript that a project may have: the same errors, at the same places. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkViews } from "gable/check";
import { typescripts } from "../typescripts.ts";
import { ProjectFolder } from "./project-folder.ts";

const models =
  "export interface User { name: string }\nexport interface Post { id: number; title: string; tags: string[]; author: Promise<User>; body: string | null; date: Date }\n";
const head = '{% import type { Post, User } from "../models.ts" %}\n';

/** Wrong files, with what is expected of them in comments; the correct ones below must bring nothing. */
const wrong: Readonly<Record<string, string>> = {
  "property.html": `${head}{% props post: Post %}\n<h1>{{ post.titel }}</h1>{# expect 3:13 TS2551 #}`,
  "null.html": `${head}{% props post: Post %}\n{% if true %}\n  {{ post.body|length }} {{ post.body.length }}{# expect 4:29 TS18047 #}\n{% endif %}`,
  "object.html": `${head}{% props post: Post %}\n<p title="{{ post.title }}">{{ post }}</p>{# expect 3:32 TS2345 #}`,
  "date.html": `${head}{% props post: Post %}\n{{ post.date }}{# expect 3:4 TS2345 #}{{ post.date|date }}`,
  "promise.html": `${head}{% props post: Post %}\n{{ post.author.name }}{# expect 3:16 TS2339 #}`,
  "attribute.html": `${head}{% props post: Post %}\n<a href="/p/{{ post.idd }}">{# expect 3:21 TS2339 #}`,
  "loop.html": `${head}{% props post: Post %}\n{% for tag in post.tags %}{{ tag.nam }}{% endfor %}{# expect 3:34 TS2339 #}`,
  "promises.html": `${head}{% props users: Promise<User>[] %}\n{% for user in users %}{{ user.name }}{% endfor %}{# expect 3:32 TS2339 #}`,
  "items.html": `${head}{% props post: Post %}\n{% for tag in post.id %}{{ tag }}{% endfor %}{# expect 3:15 TS2345 #}{# expect 3:28 TS2345 #}`,
  "filter.html": `${head}{% props post: Post %}\n{{ post.title|truncate("x") }}{# expect 3:24 TS2345 #}`,
  "macro.html": `{% macro m(name: string, n = 1) %}{{ name }}{{ n }}{% endmacro %}\n{{ m(1) }}{# expect 2:6 TS2345 #}{{ m("x", n="y") }}{# expect 2:46 TS2345 #}`,
  "missing.html": `${head}{% props user?: User %}\n{% include "card.html" %}{# expect 3:4 TS2322 #}`,
  "type.html": `{% import type { Pots } from "../models.ts" %}{# expect 1:18 TS2305 #}\n{% props pots: Pots %}{{ pots }}`,
  "call.html": `{% import { half } from "../code.ts" %}\n{% props n: string %}\n{{ half(n) }}{# expect 3:9 TS2345 #}`,
};
const correct: Readonly<Record<string, string>> = {
  "card.html": `${head}{% props user: User, small: boolean = false %}\n{{ user.name }}{% if small %}!{% endif %}`,
  "base.html": "{% props title: string %}<title>{% block title %}{{ title }}{% endblock %}</title>{% block row(n: number) %}{% endblock %}",
  "page.html":
    `${head}{% props post: Post, user?: User, title = 1: number %}`.replace("title = 1: number", "title: string = 'T'") +
    '{% extends "base.html" %}{% block title %}{{ super() }} {{ post.title }}{% endblock %}{% block row %}{{ n + 1 }}{% if user %}{{ user.name }}{% else %}none{% endif %}{% if post.body %}{{ post.body.length }}{% endif %}{% set x = post.tags|first %}{{ x }}{% for a, b in {"k": 1}|items %}{{ a }}{{ b + 1 }}{% else %}-{% endfor %}{{ (await post.author).name }}{% endblock %}',
  "loops.html": `${head}{% props posts: readonly Post[], users: Map<string, User>, coming: AsyncIterable<Post> %}{% for post in posts if post.body is not none %}{{ loop.index }}{{ loop.previtem.title if loop.previtem }}{% endfor %}{% for name, user in users %}{{ name }}{{ user.name }}{% endfor %}{% for async post in coming %}{{ post.title }}{{ loop.index }}{% endfor %}{% set ns = namespace(n=0) %}{% for post in posts %}{% set ns.n = ns.n + post.id %}{% endfor %}{{ ns.n }}`,
  "attributes.html": `${head}{% import type { Attributes } from "gable/views" %}{% props user: User, chosen: boolean, attributes?: Attributes %}
<option value="{{ user.name }}" {{ {"selected": chosen, "hidden": none}|xmlattr }}>{{ user.name }}</option><p {{ attributes }}></p>`,
  "untyped.html": "{{ anything.at.all }}{% for x in things %}{{ x.y }}{% endfor %}{% set z %}{{ w|default('-') }}{% endset %}{{ z }}",
};

function check(typescript: string, views: Readonly<Record<string, string>>) {
  const files = Object.fromEntries(Object.entries(views).map(([name, text]) => [`views/${name}`, text]));
  const project = new ProjectFolder(
    { ...files, "models.ts": models, "code.ts": "export function half(n: number): number {\n  return n / 2;\n}\n" },
    typescript,
  );
  try {
    return checkViews({ project: project.path, directories: ["views"] }).filter(({ severity }) => severity === "error");
  } finally {
    project.remove();
  }
}

for (const { version, folder, skip } of typescripts) {
  describe(`template files under TypeScript ${version}`, { skip }, () => {
    it("cause no type errors under the strictest settings", () => assert.deepEqual(check(folder, correct), []));

    it("bring each error at the line and column of the template, and no other", () => {
      const found = check(folder, { ...wrong, "card.html": correct["card.html"]! }).map(
        ({ file, line, column, code }) => `${file.replace("views/", "")} ${line}:${column} ${code}`,
      );
      const expected = Object.entries(wrong).flatMap(([name, text]) =>
        [...text.matchAll(/\{# expect (\S+) (\S+) #\}/g)].map(([, place, code]) => `${name} ${place} ${code}`),
      );
      assert.deepEqual(found.toSorted(), expected.toSorted());
    });
  });
}
