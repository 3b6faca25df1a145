/** `make task` and `make mail`: what runs after a reply. */
import type { Names } from "./names.ts";
import type { MakePlan } from "./plan.ts";
import type { ProjectFacts } from "./pages.ts";

/** Writes a task with one input. */
export function makeTask({ kebab, camel, title }: Names, { app }: ProjectFacts): MakePlan {
  // The text of a file: its first line renames an import.
  const task = `import { field as f } from "gable/data";
import { task } from "gable/tasks";

/** Enqueue it in a handler: await ${camel}.enqueue({ name: "Ada" }). */
export const ${camel} = task("${kebab}", { input: { name: f.text({ max: 100 }) } }, ({ input, log }) => {
  log.info({ name: input.name }, "${title}");
});
`;
  const test = `import assert from "node:assert/strict";
import { test } from "node:test";
import { gable } from "gable";
import { tasksPart } from "gable/tasks";
import { ${camel} } from "../tasks/${kebab}.ts";

test("runs the task", async () => {
  const app = gable({ mode: "test", tasks: [${camel}] });
  await app.start();
  try {
    await ${camel}.enqueue({ name: "Ada" });
    await app.part(tasksPart).runAll();
    const [ended] = await app.part(tasksPart).list();
    assert.equal(ended?.state, "done");
  } finally {
    await app.close();
  }
});
`;
  return {
    files: { [`tasks/${kebab}.ts`]: task, [`tests/${kebab}-task.test.ts`]: test },
    lines: [
      { file: app.file, line: `import { ${camel} } from "./tasks/${kebab}.ts";` },
      { file: app.file, line: `tasks: [${camel}], // an option of gable(): add it to the list` },
      { file: "models.ts", line: 'export const Task = taskModel(); // once, with: import { taskModel } from "gable/tasks";' },
    ],
    next: ["db make tasks", "db migrate", `test ${kebab}-task`],
  };
}

/** Writes a mail with its views. */
export function makeMail({ kebab, pascal, title }: Names, { app }: ProjectFacts): MakePlan {
  const mail = `import type { MailMessage } from "gable/mail";
import { sendMail } from "gable/mail";

/** Sends the mail "${title}" to a person. */
export const send${pascal} = (to: string, name: string): Promise<MailMessage> =>
  sendMail({ to, subject: "${title}", view: "mail/${kebab}", props: { name } });
`;
  const test = `import assert from "node:assert/strict";
import { test } from "node:test";
import { gable } from "gable";
import { memoryMail } from "gable/mail";
import { send${pascal} } from "../mail/${kebab}.ts";

test("sends the mail", async () => {
  const transport = memoryMail();
  const app = gable({ mode: "test", views: "views", mail: { transport, from: "site@example.com" } });
  await app.start();
  try {
    await send${pascal}("ada@example.com", "Ada");
  } finally {
    await app.close();
  }
  const [message] = transport.messages;
  assert.equal(message?.subject, "${title}");
  assert.match(message?.text ?? "", /Ada/);
  assert.match(message?.html ?? "", /<p>Hello Ada,/);
});
`;
  const isSet = /\bmail\b/.test(app.text);
  return {
    files: {
      [`mail/${kebab}.ts`]: mail,
      [`views/mail/${kebab}.html`]: "{% props name: string %}\n<p>Hello {{ name }},</p>\n",
      [`views/mail/${kebab}.txt`]: "{% props name: string %}\nHello {{ name }},\n",
      [`tests/${kebab}-mail.test.ts`]: test,
    },
    lines: isSet
      ? []
      : [{ file: app.file, line: 'mail: { from: "site@example.com" }, // an option of gable(); production needs a transport' }],
    next: [`test ${kebab}-mail`],
  };
}
