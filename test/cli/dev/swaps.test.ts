/** Templates that change very often: their old modules stay in memory, so the worker is replaced, and nobody notices. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { withDevProject } from "./dev-project.ts";

const swapsMax = 200;
const files = {
  "app.ts": `import { gable, get } from "gable";
export default gable({ views: "views", routes: [get("/", (context) => context.view("home.html", {})), get("/pid", () => ({ pid: process.pid }))] });
`,
  "views/home.html": "<p>0</p>",
};

describe("200 changes of a template", () => {
  it("replace the worker in the background, and pages keep their generation", async () => {
    await withDevProject(files, ["--no-types"], async (project) => {
      const { body: first } = await project.getUntil("/pid", ({ status }) => status === 200);
      const before = await project.open();
      before.close();
      for (let swap = 1; swap <= swapsMax; swap++) {
        const from = project.events.length;
        project.write("views/home.html", `<p>${swap}</p>`);
        await project.event("views", () => true, from);
        if (swap === swapsMax - 1) {
          assert.equal((await project.get("/")).body, `<p>${swap}</p>`);
          assert.equal((await project.get("/pid")).body, first);
          assert.equal(project.events.filter(({ event }) => event === "ready").length, 1);
        }
      }
      await project.getUntil("/pid", ({ status, body }) => status === 200 && body !== first);
      assert.equal((await project.get("/")).body, `<p>${swapsMax}</p>`);
      const later = await project.open();
      assert.equal(later.events[0]!.data["generation"], before.events[0]!.data["generation"]);
      later.close();
    });
  });
});
