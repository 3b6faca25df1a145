/** An application made with gable(), for the tests that need more than a listener. */
import { gable, get } from "gable";
import "./deploy.ts";

export default gable({ mode: "test", routes: [get("/echo/:nonce", ({ params }) => params.nonce)] });
