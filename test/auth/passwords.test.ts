/** Hashing and the rules of passwords. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { constants, getPriority } from "node:os";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import type { ForeignScheme } from "gable/auth";
import { createPasswordHasher, findPasswordProblem } from "gable/auth";
import { HashQueue } from "../../src/auth/passwords/hash-queue.ts";
import type { HashWork } from "../../src/auth/passwords/hash-threads.ts";
import { HashThreads } from "../../src/auth/passwords/hash-threads.ts";
import { parsePhc } from "../../src/auth/passwords/phc-string.ts";
import { currentScheme, hashSchemes } from "../../src/auth/passwords/schemes.ts";

const argon2id = hashSchemes.get("argon2id")!;
const scrypt = hashSchemes.get("scrypt")!;
const threads = new HashThreads();
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("hash schemes", () => {
  it("compute the vectors of RFC 7914", async () => {
    const small = await threads.compute(
      scrypt.derive!(bytes("password"), { parameters: { ln: 10, r: 8, p: 16 }, salt: bytes("NaCl") }, 64),
    );
    assert.equal(
      hex(small),
      "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640",
    );
    const large = await threads.compute(
      scrypt.derive!(bytes("pleaseletmein"), { parameters: { ln: 14, r: 8, p: 1 }, salt: bytes("SodiumChloride") }, 64),
    );
    assert.equal(
      hex(large),
      "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887",
    );
  });

  it("compute a vector of the reference implementation of argon2id", { skip: argon2id.derive === undefined }, async () => {
    const hash = await threads.compute(
      argon2id.derive!(bytes("password"), { parameters: { m: 65_536, t: 2, p: 1 }, salt: bytes("somesalt") }, 32),
    );
    assert.equal(hex(hash), "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7");
  });
});

describe("the threads that hash", () => {
  /** Number of threads of this process with the lowest priority. */
  const countLow = (): number =>
    readdirSync("/proc/self/task").filter((id) => {
      try {
        return getPriority(Number(id)) === constants.priority.PRIORITY_LOW;
      } catch {
        // It has ended meanwhile.
        return false;
      }
    }).length;
  const work = scrypt.derive!(bytes("tricky-pass"), { parameters: { ln: 4, r: 1, p: 1 }, salt: bytes("salt") }, 16);
  const skip = process.platform === "linux" ? false : "priorities belong to threads on Linux only";

  it("give way to the event loop, are used again, and end after a minute without work", { skip }, async (test) => {
    test.mock.timers.enable({ apis: ["setTimeout"] });
    const before = countLow();
    const own = new HashThreads();
    await Promise.all([own.compute(work), own.compute(work)]);
    assert.equal(countLow() - before, 2);
    await own.compute(work);
    test.mock.timers.tick(59_999);
    assert.equal(countLow() - before, 2);
    test.mock.timers.tick(1);
    while (countLow() > before) await new Promise((resolve) => setImmediate(resolve));
    assert.equal((await own.compute(work)).length, 16);
  });

  it("leave a hash that takes too long to the thread pool, and take the next ones when they have ended", async () => {
    const own = new HashThreads(0);
    const vectors: Array<readonly [work: HashWork, hash: string]> = [
      [scrypt.derive!(bytes("password"), { parameters: { ln: 10, r: 8, p: 16 }, salt: bytes("NaCl") }, 8), "fdbabe1c9d347200"],
    ];
    const like = { parameters: { m: 65_536, t: 2, p: 1 }, salt: bytes("somesalt") };
    const work = argon2id.derive?.(bytes("password"), like, 32);
    if (work !== undefined) vectors.push([work, "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7"]);
    for (const round of [1, 2]) for (const [work, hash] of vectors) assert.equal(hex(await own.compute(work)), hash, `round ${round}`);
  });

  it("are left out where the process may not start any", () => {
    const program =
      'const { createPasswordHasher } = await import("gable/auth"); console.log(await createPasswordHasher().hash("tricky-pass"));';
    const flags = ["--permission", "--allow-fs-read=*", "--import", "./scripts/source.mjs", "--input-type=module", "--eval", program];
    const cwd = fileURLToPath(new URL("../../", import.meta.url));
    const { stdout, stderr } = spawnSync(process.execPath, flags, { cwd, encoding: "utf8" });
    assert.match(stdout, new RegExp(`^\\$${currentScheme.name}\\$`), stderr);
  });

  it("go on after a hash that fails", async () => {
    const own = new HashThreads();
    const tooLarge = scrypt.derive!(bytes("tricky-pass"), { parameters: { ln: 0, r: 1, p: 1 }, salt: bytes("salt") }, 16);
    await assert.rejects(own.compute(tooLarge), /Invalid scrypt params/);
    assert.equal((await own.compute(work)).length, 16);
  });
});

describe("a password hasher", () => {
  const hasher = createPasswordHasher();

  it("hashes with a new salt each time, and checks", async () => {
    const [one, two] = [await hasher.hash("tricky-pass"), await hasher.hash("tricky-pass")];
    assert.notEqual(one, two);
    // 16 bytes of salt, and 32 bytes of hash.
    for (const each of [one, two]) assert.match(each, /\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    assert.ok(one.startsWith(currentScheme.name === "argon2id" ? "$argon2id$v=19$m=19456,t=2,p=1$" : "$scrypt$ln=15,r=8,p=3$"));
    assert.deepEqual(await hasher.verify("tricky-pass", one), { isRight: true, isWeak: false });
    assert.deepEqual(await hasher.verify("tricky-pasS", one), { isRight: false, isWeak: false });
    assert.deepEqual(await hasher.verify("tricky-pass", undefined), { isRight: false, isWeak: false });
  });

  it("takes the same letters in composed and decomposed form", async () => {
    assert.equal((await hasher.verify("cafe\u0301-tricky", await hasher.hash("caf\u00e9-tricky"))).isRight, true);
  });

  it("says that a hash with weaker parameters should be made again", async () => {
    const salt = bytes("0123456789abcdef");
    const encode = (value: Uint8Array): string => Buffer.from(value).toString("base64").replaceAll("=", "");
    const weak = await threads.compute(scrypt.derive!(bytes("tricky-pass"), { parameters: { ln: 12, r: 8, p: 1 }, salt }, 32));
    const stored = `$scrypt$ln=12,r=8,p=1$${encode(salt)}$${encode(weak)}`;
    assert.deepEqual(await hasher.verify("tricky-pass", stored), { isRight: true, isWeak: true });
    assert.deepEqual(await hasher.verify("other-pass", stored), { isRight: false, isWeak: false });
  });

  it("hashes as many times longer as its cost says, with the same memory", async () => {
    const [costly, cheap] = [createPasswordHasher({ cost: 5 }), await hasher.hash("tricky-pass")];
    const stored = await costly.hash("tricky-pass");
    assert.ok(
      stored.startsWith(currentScheme.name === "argon2id" ? "$argon2id$v=19$m=19456,t=10,p=1$" : "$scrypt$ln=15,r=8,p=15$"),
      stored,
    );
    assert.deepEqual(await costly.verify("tricky-pass", stored), { isRight: true, isWeak: false });
    assert.deepEqual(await costly.verify("tricky-pass", cheap), { isRight: true, isWeak: true });
    assert.deepEqual([costly.judge(cheap), costly.judge(stored), hasher.judge(stored)], ["weak", "current", "current"]);
    assert.deepEqual(await hasher.verify("tricky-pass", stored), { isRight: true, isWeak: false });
    for (const cost of [0, 6, 1.5]) assert.throws(() => createPasswordHasher({ cost }), { code: "E_OPTION_INVALID" });
  });

  it("does the same work for a wrong password as for no account, whatever the stored hash costs", async (test) => {
    const { derive, parameters, workOf, costParameter } = currentScheme;
    let work = 0;
    const scheme = currentScheme as { derive: NonNullable<typeof derive> }; // Only the test changes it.
    test.mock.method(scheme, "derive", (...given: Parameters<NonNullable<typeof derive>>) => {
      work += workOf(given[1].parameters)!;
      return derive!(...given);
    });
    const plain: ForeignScheme = { prefix: "plain$", verify: (password, hash) => hash === `plain$${password}` };
    const ofCost = (cost: number) => createPasswordHasher({ cost, foreign: [plain] });
    const [salt, hash] = ["A".repeat(22), "A".repeat(43)];
    const like = ([name, value]: readonly [string, number]): string => `${name}=${value}`;
    const write = (changes: Readonly<Record<string, number>>): string => {
      const version = currentScheme.version === undefined ? "" : `$v=${currentScheme.version}`;
      return `$${currentScheme.name}${version}$${Object.entries({ ...parameters, ...changes })
        .map(like)
        .join(",")}$${salt}$${hash}`;
    };
    for (const cost of [1, 2, 5]) {
      const hasher = ofCost(cost);
      const spend = async (stored: string | undefined): Promise<number> => {
        work = 0;
        assert.equal((await hasher.verify("other-pass", stored)).isRight, false);
        return work;
      };
      const expected = await spend(undefined);
      assert.equal(expected, workOf(parameters)! * cost);
      const stored = [1, 2, 3, 4, 5].slice(0, cost).map((each) => write({ [costParameter]: parameters[costParameter]! * each }));
      for (const each of [...stored, "plain$1"]) assert.equal(await spend(each), expected, `${cost} ${each}`);
      // Other work comes close.
      const little = await spend(write(currentScheme.testParameters));
      assert.ok(Math.abs(little / expected - 1) < 0.05, `${little} of ${expected}`);
    }
  });

  for (const [what, stored] of [
    ["another text", "secret"],
    ["an empty text", ""],
    ["another scheme", "$bcrypt$r=12$c29tZXNhbHRzb21l$c29tZXNhbHRzb21l"],
    ["another version of argon2id", "$argon2id$v=16$m=19456,t=2,p=1$c29tZXNhbHRzb21l$c29tZXNhbHRzb21l"],
    ["a parameter above the limit", "$scrypt$ln=19,r=8,p=3$c29tZXNhbHRzb21l$c29tZXNhbHRzb21l"],
    ["a parameter of 0", "$scrypt$ln=15,r=0,p=3$c29tZXNhbHRzb21l$c29tZXNhbHRzb21l"],
    ["less memory than the lanes need", "$argon2id$v=19$m=15,t=2,p=2$c29tZXNhbHRzb21l$c29tZXNhbHRzb21l"],
    ["a missing parameter", "$scrypt$ln=15,r=8$c29tZXNhbHRzb21l$c29tZXNhbHRzb21l"],
    ["a parameter named like a member of Object", "$scrypt$ln=15,r=8,constructor=3$c29tZXNhbHRzb21l$c29tZXNhbHRzb21l"],
  ] as const) {
    it(`refuses ${what} as a hash`, async () => {
      await assert.rejects(hasher.verify("tricky-pass", stored), { code: "E_PASSWORD_HASH_UNSUPPORTED", status: 500 });
      assert.equal(hasher.judge(stored), "unsupported");
    });
  }

  it("takes parameters at their limits, and refuses each one above", () => {
    const textOf = (values: Readonly<Record<string, number>>): string =>
      `$scrypt$${Object.entries(values)
        .map(([name, value]) => `${name}=${value}`)
        .join(",")}$c29tZXNhbHRzb21l$c29tZXNhbHRzb21l`;
    const most = scrypt.parametersMax;
    assert.notEqual(hasher.judge(textOf(most)), "unsupported");
    for (const [name, value] of Object.entries(most))
      assert.equal(hasher.judge(textOf({ ...most, [name]: value + 1 })), "unsupported", name);
  });

  it("counts twice the work for each doubling of what scrypt does", () => {
    for (const [ln, r, p] of [
      [7, 1, 1],
      [6, 2, 1],
      [6, 1, 2],
    ] as const)
      assert.equal(scrypt.workOf({ ln, r, p }), 2 * scrypt.workOf({ ln: 6, r: 1, p: 1 })!);
  });

  it("checks hashes of other systems, and says that they should be made again", async () => {
    const foreign: ForeignScheme = { prefix: "plain$", verify: (password, hash) => hash === `plain$${password}` };
    const other = createPasswordHasher({ foreign: [foreign] });
    assert.deepEqual(await other.verify("tricky-pass", "plain$tricky-pass"), { isRight: true, isWeak: true });
    assert.equal((await other.verify("other", "plain$tricky-pass")).isRight, false);
    assert.equal(other.judge("plain$tricky-pass"), "weak");
    assert.equal(other.judge(await other.hash("tricky-pass")), "current");
  });
});

describe("the form of stored hashes", () => {
  const salt = "c29tZXNhbHRzb21l";
  const parts = { scheme: "scrypt", version: "", parameters: "ln=15,r=8", salt, hash: salt };
  const write = (changes: Partial<typeof parts>): string => {
    const { scheme, version, parameters, salt: written, hash } = { ...parts, ...changes };
    return `$${scheme}${version}$${parameters}$${written}$${hash}`;
  };
  const digits = "1".repeat(10);
  const rows: ReadonlyArray<readonly [changes: Partial<typeof parts>, isRead: boolean]> = [
    [{}, true],
    [{ scheme: "a-0".padEnd(32, "z") }, true],
    [{ scheme: "a".repeat(33) }, false],
    [{ scheme: "" }, false],
    [{ scheme: "Scrypt" }, false],
    [{ version: `$v=${digits}` }, true],
    [{ version: `$v=${digits}1` }, false],
    [{ version: "$v=" }, false],
    [{ parameters: `${"a".repeat(16)}=${digits}` }, true],
    [{ parameters: `${"a".repeat(17)}=1` }, false],
    [{ parameters: `a=${digits}1` }, false],
    [{ parameters: `a=1,${"b".repeat(16)}=${digits}` }, true],
    [{ parameters: `a=1,${"b".repeat(17)}=1` }, false],
    [{ parameters: `a=1,b=${digits}1` }, false],
    [{ parameters: "" }, false],
    [{ parameters: "a=1," }, false],
    [{ salt: "a".repeat(11) }, true],
    [{ salt: "a".repeat(10) }, false],
    [{ salt: "a".repeat(128) }, true],
    [{ salt: "a".repeat(129) }, false],
    [{ salt: "aaaaaaaaaaa=" }, false],
    [{ hash: "a".repeat(11) }, true],
    [{ hash: "a".repeat(10) }, false],
    [{ hash: "a".repeat(256) }, true],
    [{ hash: "a".repeat(257) }, false],
    [{ hash: `${salt}$` }, false],
  ];
  for (const [changes, isRead] of rows)
    it(`${isRead ? "is" : "is not"} ${JSON.stringify(changes).slice(0, 60)}`, () =>
      assert.equal(parsePhc(write(changes)) !== undefined, isRead));
});

describe("the queue of hashes", () => {
  it("runs 2, lets 32 wait, and refuses the next one with 503", async () => {
    const queue = new HashQueue();
    const releases: Array<() => void> = [];
    let [running, runningMax] = [0, 0];
    const work = async (): Promise<void> => {
      runningMax = Math.max(runningMax, ++running);
      await new Promise<void>((resolve) => releases.push(resolve));
      running--;
    };
    const accepted = Array.from({ length: 34 }, () => queue.run(work));
    await assert.rejects(queue.run(work), { code: "E_PASSWORD_BUSY", status: 503 });
    for (let done = 0; done < 34; done++) {
      while (releases.length === 0) await new Promise((resolve) => setImmediate(resolve));
      releases.shift()!();
    }
    await Promise.all(accepted);
    assert.deepEqual([running, runningMax], [0, 2]);
  });

  it("goes on after work that fails", async () => {
    const queue = new HashQueue({ runningMax: 1, waitingMax: 1 });
    const results = await Promise.allSettled([queue.run(() => Promise.reject(new Error("broken"))), queue.run(async () => "done")]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ["rejected", "fulfilled"],
    );
    assert.equal(await queue.run(async () => "next"), "next");
  });
});

describe("the rules of passwords", () => {
  for (const [password, code] of [
    ["k7#xq!m", "too_short"],
    ["k7#xq!mz", undefined],
    ["\u{1F600}\u{1F601}\u{1F602}\u{1F603}\u{1F604}\u{1F605}\u{1F606}", "too_short"],
    [`k7#xq!mz${"vq9".repeat(1_362)}vv`, undefined],
    [`k7#xq!mz${"vq9".repeat(1_362)}vvv`, "too_long"],
    ["password", "common"],
    ["P@ssw0rd", "common"],
    ["Password123!", "common"],
    ["12345678", "common"],
    ["qwertyuiop", "common"],
    ["poiuytrewq", "common"],
    ["aaaaaaaa", "common"],
    ["abababab", "common"],
    ["xq7mxq7m", "common"],
    ["xq7mkxq7mk", undefined],
    ["iloveyou2", "common"],
    ["letmein123", "common"],
    ["19901231", "common"],
    ["31.12.1990", "common"],
    ["monkeydragon", "common"],
    ["Summer2024!", "common"],
    ["correct-horse-battery", undefined],
    ["tr0mbone-valley", undefined],
    ["josephine", "personal"],
    ["josephine99", "personal"],
    ["josephine-vqmzk", undefined],
  ] as const) {
    it(`say ${code ?? "nothing"} of ${password.slice(0, 24)} (${password.length})`, () => {
      assert.equal(findPasswordProblem(password, { personal: ["josephine@example.com"] })?.code, code);
    });
  }

  for (const [password, code] of [
    ["joey-vq7", "personal"],
    ["joe-vq7k", undefined],
    ["xmonkeydragon", undefined],
    ["monkeydragonmaster", "common"],
    ["monkeydragonmastersummer", undefined],
  ] as const)
    it(`count a part of a name from four letters, and up to three words from their first letters: ${password}`, () => {
      assert.equal(findPasswordProblem(password, { personal: ["joey@example.com", "joe@example.com"] })?.code, code);
    });

  it("answers for the longest password in little time", () => {
    const startedMs = performance.now();
    for (const unit of ["a", "ab1", "password", "1qaz", "e0"]) findPasswordProblem(unit.repeat(4_096).slice(0, 4_096));
    assert.ok(performance.now() - startedMs < 1_000, `${performance.now() - startedMs} ms`);
  });
});
