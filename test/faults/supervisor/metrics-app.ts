/** An application with metrics, for the sums of several workers. */
import { gable, get } from "gable";
import { silentLogger } from "../../silent-logger.ts";
import "./deploy.ts";

export default gable({
  mode: "test",
  logger: silentLogger,
  metrics: { token: "b5de3ef0a8fc4d2d9e0f8a6f31c7d9aa" },
  routes: [
    get("/pid", () => String(process.pid)),
    get("/block/:ms(int)", ({ params }) => {
      const end = performance.now() + params.ms;
      while (performance.now() < end);
      return String(process.pid);
    }),
  ],
});
