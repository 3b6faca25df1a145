import { get } from "gable";

export const home = get("/", ({ view }) => view("home.html"));
