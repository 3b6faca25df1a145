import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "node:test";
import { serve } from "gable/server";
import { type ListenAddress, listenOn } from "./listen-socket.ts";

const listener = () => ({ status: 200, headers: [], body: "x" });

describe("listening that fails", () => {
  let folder = "";
  let taken: Server;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "gable-listen-"));
    await writeFile(join(folder, "file"), "mine");
    await mkdir(join(folder, "folder"));
    taken = createServer().listen(join(folder, "taken"));
    await new Promise((resolve) => taken.once("listening", resolve));
  });
  after(async () => {
    taken.close();
    await rm(folder, { recursive: true });
  });

  const long = "x".repeat(200);
  for (const [name, address, reason, fix] of [
    [
      "an address of another machine",
      { port: 0, host: "192.0.2.1" },
      /on 192\.0\.2\.1:0: this machine does not have this address\.$/,
      /127\.0\.0\.1/,
    ],
    ["an IPv6 address of another machine", { port: 0, host: "2001:db8::1" }, /on \[2001:db8::1\]:0: this machine /, /127\.0\.0\.1/],
    [
      "a name that nobody has",
      { port: 0, host: "nobody.invalid" },
      /: (?:no address has the name|the name) "nobody\.invalid"/,
      /IP address/,
    ],
    ["an address in brackets", { port: 0, host: "[::1]" }, /: (?:no address has the name|the name) "\[::1\]"/, /IP address/],
    ["a URL as host", { port: 0, host: "http://localhost" }, /: (?:no address has the name|the name) "http:\/\/localhost"/, /IP address/],
    ["a path that is too long", { unixPath: long }, /: the path of a socket cannot have 2\d\d bytes\.$/, /shorter path/],
    ["a path that is taken", { unixPath: "taken" }, /taken: it is in use\.$/, /Stop the process/],
    ["a path of a file", { unixPath: "file" }, /file: a file has this name\.$/, /another path/],
    ["a path of a folder", { unixPath: "folder" }, /folder: a folder has this name\.$/, /another path/],
    ["a folder that does not exist", { unixPath: "none/s" }, /s: the folder \S+none does not exist\.$/, /Create the folder/],
    ["a file instead of a folder", { unixPath: "file/s" }, /s: a part of the path is a file\.$/, /another path/],
    ["a descriptor that is not open", { fd: 999 }, /descriptor 999: it is not a socket that listens\.$/, /listening socket/],
  ] as ReadonlyArray<[string, ListenAddress, RegExp, RegExp]>)
    it(`explains ${name}`, async () => {
      const { unixPath } = address;
      const given = unixPath === undefined ? address : { unixPath: join(folder, unixPath) };
      await assert.rejects(serve(listener, given), (error: { code: string; message: string; fix: string }) => {
        assert.equal(error.code, "E_LISTEN");
        assert.match(error.message, reason);
        assert.match(error.fix, fix);
        return true;
      });
      assert.deepEqual((await readdir(folder)).sort(), ["file", "folder", "taken"]);
    });

  // A test may run as a user who may do everything, so the answer of the system is given.
  for (const [code, address, reason] of [
    ["EACCES", { port: 80 }, "127.0.0.1:80: this user may not use ports below 1024."],
    ["EACCES", { port: 8080, host: "::1" }, "[::1]:8080: this user may not use it."],
    ["EAFNOSUPPORT", { port: 1, host: "::" }, "[::]:1: this machine has no IPv6."],
    ["EACCES", { unixPath: join(tmpdir(), "s") }, `${join(tmpdir(), "s")}: this user may not write to ${tmpdir()}.`],
    ["EMFILE", { port: 1 }, "127.0.0.1:1: listen EMFILE."],
  ] as const)
    it(`explains ${code} of ${JSON.stringify(address)}`, async () => {
      const server = createServer();
      server.listen = () => {
        server.emit("error", Object.assign(new Error(`listen ${code}`), { code }));
        return server;
      };
      await assert.rejects(listenOn(server, address), { code: "E_LISTEN", message: `Cannot listen on ${reason}` });
    });

  for (const address of [{ host: "" }, { host: " " }, { host: "a b" }, { host: "a\0b" }, { unixPath: "" }, { unixPath: "a\0b" }])
    it(`is refused for ${JSON.stringify(address)} before it begins`, () =>
      assert.rejects(serve(listener, { port: 0, ...address }), { code: "E_OPTION_INVALID" }));
});

describe("times of a server", () => {
  const longest = 2 ** 31 - 10_000;
  let running: Awaited<ReturnType<typeof serve>> | undefined;
  afterEach(() => running?.stop());

  for (const engine of ["gable", "node"] as const)
    it(`are taken up to the longest one of a timer: ${engine}`, async () => {
      running = await serve(listener, {
        port: 0,
        engine,
        limits: { handlerMs: longest, bodyMs: longest, headMs: longest, stopGraceMs: longest },
      });
      assert.equal((await fetch(running.url)).status, 200);
    });

  for (const [name, value] of [
    ["handlerMs", longest + 1],
    ["bodyIdleMs", 2 ** 31],
    ["stopGraceMs", Number.MAX_SAFE_INTEGER],
  ] as const)
    it(`are refused as limits.${name}: ${value}`, () =>
      assert.rejects(serve(listener, { port: 0, limits: { [name]: value } }), {
        code: "E_LIMIT_INVALID",
        message: `serve(): limit "${name}" is ${value}; it must be at most ${longest} milliseconds, the longest time of Node's timers.`,
      }));

  for (const name of ["graceMs", "idleMs"] as const)
    for (const value of [-1, Number.NaN, Infinity, longest + 1, "1", true, ...(name === "graceMs" ? [null] : [])])
      it(`are refused as stop({ ${name}: ${JSON.stringify(value)} })`, async () => {
        running = await serve(listener, { port: 0 });
        await assert.rejects(running.stop({ [name]: value }), {
          code: "E_OPTION_INVALID",
          message: /a number of milliseconds from 0 to 2147473648/,
        });
      });
});
