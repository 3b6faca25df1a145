/** The exact type of each setting, and wrong uses that must not compile. */
import { defineSettings, env } from "gable";
import { z } from "zod";

type Same<One, Other> = (<T>() => T extends One ? 1 : 2) extends <T>() => T extends Other ? 1 : 2 ? true : false;
const same = <One, Other>(_isSame: Same<One, Other>): void => undefined;

const settings = defineSettings({
  text: env.text("TEXT"),
  maybe: env.text("MAYBE", { optional: true }),
  given: env.text("GIVEN", { optional: true, default: "x" }),
  int: env.int("INT", { min: 1, default: 2 }),
  number: env.number("NUMBER"),
  flag: env.boolean("FLAG", { default: false }),
  url: env.url("URL", { development: "http://localhost:3000" }),
  list: env.list("LIST"),
  choice: env.choice("CHOICE", ["red", "blue"], { default: "red" }),
  duration: env.duration("DURATION"),
  bytes: env.bytes("BYTES", { optional: true }),
  json: env.json("JSON"),
  secret: env.secret("SECRET"),
  secrets: env.secrets("SECRETS"),
  file: env.file("FILE"),
  schema: env.schema("SCHEMA", z.object({ size: z.number() })),
  constant: 7,
});

same<typeof settings.text, string>(true);
same<typeof settings.maybe, string | undefined>(true);
same<typeof settings.given, string>(true);
same<typeof settings.int, number>(true);
same<typeof settings.number, number>(true);
same<typeof settings.flag, boolean>(true);
same<typeof settings.url, string>(true);
same<typeof settings.list, readonly string[]>(true);
same<typeof settings.choice, "red" | "blue">(true);
same<typeof settings.duration, number>(true);
same<typeof settings.bytes, number | undefined>(true);
same<typeof settings.json, unknown>(true);
same<typeof settings.secret, string>(true);
same<typeof settings.secrets, readonly string[]>(true);
same<typeof settings.file, string>(true);
same<typeof settings.schema, { size: number }>(true);
same<typeof settings.constant, 7>(true);

// @ts-expect-error A default of another type.
env.int("INT", { default: "2" });
// @ts-expect-error A choice that is not on the list.
env.choice("CHOICE", ["red", "blue"], { default: "green" });
// @ts-expect-error Settings are read-only.
settings.text = "x";
