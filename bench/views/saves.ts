/** 500 saves of a template in development: how long each takes until the new page is there, and the memory that they hold. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Logger } from "gable";
import { gable } from "gable";

const [warmUp, saves] = [50, 500];
const folder = mkdtempSync(join(tmpdir(), "gable-bench-saves-"));
const put = (name: string, text: string): void => writeFileSync(join(folder, "views", name), text);
const layout = (save: number): string =>
  `{% props n: number %}\n<title>${save}</title>${'<p class="x">{{ n }}</p>\n'.repeat(100)}{% block body %}{% endblock %}\n`;

mkdirSync(join(folder, "views"));
writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
symlinkSync(new URL("../../node_modules", import.meta.url).pathname, join(folder, "node_modules"));
put("layout.html", layout(0));
for (let page = 0; page < 30; page++)
  put(
    `page-${page}.html`,
    `{% props n: number %}\n{% extends "layout.html" %}{% block body %}${"<p>{{ n }}</p>\n".repeat(40)}{% endblock %}\n`,
  );

try {
  const ignore = (): void => undefined;
  const logger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore, child: () => logger };
  const app = gable({
    mode: "development",
    logger,
    views: join(folder, "views"),
  });
  app.get("/", ({ view }) => view("page-1.html", { n: 1 }));
  const times: number[] = [];
  let before = 0;
  for (let save = 1; save <= warmUp + saves; save++) {
    if (save === warmUp + 1) {
      globalThis.gc?.();
      before = process.memoryUsage().rss;
    }
    put("layout.html", layout(save));
    const started = performance.now();
    const page = await (await app.request("/")).text();
    times.push(performance.now() - started);
    if (!page.includes(`<title>${save}</title>`)) throw new Error(`The page is stale after save ${save}.`);
  }
  globalThis.gc?.();
  const bytes = process.memoryUsage().rss - before;
  const ms = times.slice(warmUp).toSorted((one, other) => one - other)[saves / 2]!;
  process.stdout.write(JSON.stringify({ ms, bytesPerFile: bytes / saves }));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
