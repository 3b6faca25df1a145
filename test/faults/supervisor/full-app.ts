/** An application made with gable(), for the tests that need more than a listener. */
import { setTimeout as wait } from "node:timers/promises";
import { gable, get, post, stream } from "gable";
import "./deploy.ts";

async function* failing(): AsyncGenerator<string> {
  yield "part";
  await wait(1);
  throw new Error("inside a stream");
}

export default gable({
  mode: "test",
  routes: [
    get("/echo/:nonce", ({ params }) => params.nonce),
    post("/echo", async ({ request }) => await request.text()),
    get("/throw", () => {
      throw new Error("at once");
    }),
    get("/throw-later", async () => {
      await wait(1);
      throw new Error("later");
    }),
    get("/throw-inside", () => stream(failing())),
    get("/throw-after", ({ afterReply }) => {
      afterReply(() => {
        throw new Error("after the reply");
      });
      return "answered";
    }),
  ],
});
