/** What a runtime or a project may lack: the error says which module, and what to do. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { describe, it } from "node:test";
import { promisify } from "node:util";

async function run(script: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ["--no-warnings", "--input-type=module", "-e", script]);
  return stdout.trim();
}

const source = (path: string): string => JSON.stringify(new URL(`../../src/${path}`, import.meta.url).href);

describe("missing modules", () => {
  it("of node:crypto are E_CRYPTO_MISSING", async () => {
    const script = `
      process.getBuiltinModule = undefined;
      const { createSigner } = await import(${source("security/signer.ts")});
      try { createSigner("a", { secretKeys: ["0123456789abcdefABCDEFghijklmnopqrstuvwxyz_"] }); } catch (error) { console.log(error.code, error.fix); }`;
    assert.equal(await run(script), "E_CRYPTO_MISSING Enable it; Cloudflare Workers need the flag nodejs_compat.");
  });

  it("of the package redis are E_REDIS_MISSING", async () => {
    const script = `
      import { registerHooks } from "node:module";
      registerHooks({ resolve(name, context, next) { if (name === "redis") throw new Error("not found"); return next(name, context); } });
      const { connectRedis } = await import(${source("redis/connect-redis.ts")});
      await connectRedis({ url: "redis://127.0.0.1:6379" }).catch((error) => console.log(error.code, error.fix));`;
    assert.equal(await run(script), "E_REDIS_MISSING Run: npm install redis.");
  });

  it("of the package bullmq are E_BULLMQ_MISSING, when the queue opens", async () => {
    const script = `
      import { registerHooks } from "node:module";
      registerHooks({ resolve(name, context, next) { if (name === "bullmq") throw new Error("not found"); return next(name, context); } });
      const { bullmqQueue } = await import(${source("tasks.ts")});
      await bullmqQueue({ url: "redis://127.0.0.1:1" }).open().catch((error) => console.log(error.code, error.fix));`;
    assert.equal(await run(script), "E_BULLMQ_MISSING Run: npm install bullmq redis.");
  });

  it("of the package aws4 are E_STORAGE_PACKAGE, when the application starts", async () => {
    const script = `
      import { registerHooks } from "node:module";
      registerHooks({ resolve(name, context, next) { if (name === "aws4") throw new Error("not found"); return next(name, context); } });
      const { s3Storage } = await import(${source("storage.ts")});
      const credentials = { accessKeyId: "a", secretAccessKey: "b" };
      await s3Storage({ bucket: "files", credentials }).start().catch((error) => console.log(error.code, error.fix));`;
    assert.equal(await run(script), "E_STORAGE_PACKAGE Install it: npm install aws4.");
  });
});
