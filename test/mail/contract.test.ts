/** The contract of mail transports over all transports of the package. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { consoleMail, fileMail, memoryMail, smtpMail } from "gable/mail";
import { testMailTransport } from "gable/testing";
import { startSmtpServer } from "./smtp-server.ts";
import type { TestSmtpServer } from "./smtp-server.ts";

const subjectsOf = (texts: readonly string[]): string[] => texts.map((text) => /^Subject: ([^\r\n]*)/m.exec(text)![1]!);

const folder = mkdtempSync(join(tmpdir(), "gable-mail-"));
const servers: TestSmtpServer[] = [];
after(async () => {
  rmSync(folder, { recursive: true, force: true });
  for (const server of servers) await server.close();
});

testMailTransport("memory", async () => {
  const transport = memoryMail();
  return { transport, readSubjects: async () => transport.messages.map(({ subject }) => subject) };
});

testMailTransport("console", async () => {
  const printed: string[] = [];
  return { transport: consoleMail((text) => printed.push(text)), readSubjects: async () => subjectsOf(printed) };
});

testMailTransport("file", async () => {
  const directory = mkdtempSync(join(folder, "mail-"));
  return {
    transport: fileMail(directory),
    readSubjects: async () => subjectsOf(readdirSync(directory).map((name) => readFileSync(join(directory, name), "utf8"))),
  };
});

testMailTransport("smtp", async () => {
  const server = await startSmtpServer({ disabledCommands: ["STARTTLS"], authOptional: true });
  servers.push(server);
  return {
    transport: smtpMail({ host: "127.0.0.1", port: server.port, insecure: "the test's own server on loopback" }),
    readSubjects: async () => subjectsOf(server.received.map(({ content }) => content)),
  };
});
