import { setImmediate } from "node:timers/promises";
import { gable, get, socket, text } from "gable";
import { channel, memoryCarrier } from "gable/live";
import { z } from "zod";
import { createMessage, messageBytes } from "./message.ts";

const news = channel("news", { message: z.object({ id: z.number(), text: z.string() }) });

const app = gable({
  log: { requests: false },
  live: { carrier: memoryCarrier() },
  routes: [
    get("/collect", () => {
      gc!();
      return text("");
    }),
    get("/publish/:count(int)", async ({ params }) => {
      for (let number = 0; number < params.count; number++) {
        await news.publish({}, createMessage(number));
        await setImmediate();
      }
      return text(String(messageBytes));
    }),
    socket("/idle", {}),
    socket("/live", { open: (opened) => void news.pipe({}, opened) }),
  ],
});
await app.listen({ port: Number(process.env.BENCH_PORT) });
