/** Signed and encrypted values: every promise of the page about cookies and signed values. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, it } from "node:test";
import { Keyring, RootKey, createKeyring } from "./keyring.ts";
import type { SignerOptions } from "./signer.ts";
import { createSigner } from "./signer.ts";
import { decryptText, encryptText, signText, verifyText } from "./token.ts";

const createKey = (): string => randomBytes(32).toString("base64url");
const [oldest, older, current] = [createKey(), createKey(), createKey()];
const kinds: ReadonlyArray<{ readonly name: string; readonly options: SignerOptions }> = [
  { name: "signed", options: {} },
  { name: "encrypted", options: { encrypted: true } },
];

for (const { name, options } of kinds) {
  const make = <Value>(purpose: string, more: SignerOptions = {}): ReturnType<typeof createSigner<Value>> =>
    createSigner<Value>(purpose, { secretKeys: [current], ...options, ...more });

  describe(`createSigner(), ${name}`, () => {
    const values: ReadonlyArray<unknown> = [null, true, 0, -1.5, "", "é\u{1f600}\n;\0", [], [1, [2]], {}, { team: 7, list: ["a", null] }];
    for (const value of values)
      it(`returns ${JSON.stringify(value)} as it was`, () => {
        const signer = make<unknown>("test");
        assert.deepEqual(signer.verify(signer.sign(value)), value);
      });

    const refused: ReadonlyArray<[title: string, value: unknown, message: string]> = [
      ["undefined", undefined, "value is undefined"],
      ["a date inside", { a: [new Date(0)] }, "value.a[0] is an instance of Date"],
      ["a map", new Map(), "value is an instance of Map"],
      ["NaN", { n: Number.NaN }, "value.n is NaN"],
      ["a bigint", 1n, "value is a bigint"],
      ["a function", () => 1, "value is a function"],
      ["a hole in a list", Object.assign([1], { length: 3 }), "value[1] is undefined"],
      ["a key __proto__", JSON.parse('{"__proto__":1}'), "value.__proto__ has a forbidden name"],
      ["a method toJSON()", { toJSON: () => 1 }, "value has a method toJSON()"],
      ["a symbol as a key", { [Symbol("a")]: 1 }, "value has a symbol as a key"],
      ["65 levels", nest(65), "value has more than 64 levels"],
    ];
    for (const [title, value, message] of refused)
      it(`refuses ${title}`, () =>
        assert.throws(() => make<unknown>("test").sign(value), {
          code: "E_SIGNATURE_VALUE",
          message: new RegExp(message.replaceAll(/[.[\]()]/g, "\\$&")),
        }));

    it("makes tokens of at most 65,536 characters, the longest that verify", () => {
      const signer = make<string>("test");
      const sign = (count: number): string | undefined => {
        try {
          return signer.sign("x".repeat(count));
        } catch {
          return undefined;
        }
      };
      let most = 48_000;
      while (most < 50_000 && sign(most + 1) !== undefined) most++;
      // Base64url writes three bytes as four characters.
      const { length } = sign(most)!;
      assert.ok(length > 65_534 && length <= 65_536, String(length));
      assert.equal(signer.verify(signer.sign("x".repeat(most))), "x".repeat(most));
      for (const count of [most + 1, 60_000])
        assert.throws(() => signer.sign("x".repeat(count)), {
          code: "E_SIGNATURE_VALUE",
          message: /^The value for the signer "test" cannot be signed: the token has \d+ characters; at most 65536 can be verified\.$/,
          fix: "Store the value, and sign its key.",
        });
    });

    it("takes 64 levels", () => {
      const signer = make<unknown>("test");
      assert.deepEqual(signer.verify(signer.sign(nest(64))), nest(64));
    });

    it("never verifies a token for another purpose, whatever is at the border of purpose and value", () => {
      for (const [purpose, value] of [
        ["a", "bc"],
        ["ab", "c"],
        ["abc", ""],
      ] as const)
        for (const other of ["a", "ab", "abc"]) {
          const token = make<string>(purpose).sign(value);
          if (other === purpose) assert.equal(make<string>(other).verify(token), value);
          else assert.throws(() => make<string>(other).verify(token), { code: "E_SIGNATURE_MISMATCH" });
        }
    });

    it("refuses every bit flip of 100 tokens", () => {
      const signer = make<unknown>("flip", { ttlSeconds: 60 });
      for (let round = 0; round < 100; round++) {
        const token = Buffer.from(signer.sign({ round, text: randomBytes(round % 7).toString("hex") }));
        for (let bit = 0; bit < token.length * 8; bit++) {
          const changed = Buffer.from(token);
          changed[bit >> 3]! ^= 1 << (bit & 7);
          assert.equal(signer.find(changed.toString("latin1")), undefined, `round ${round}, bit ${bit}`);
        }
      }
    });

    const malformed: ReadonlyArray<unknown> = [
      "",
      ".",
      "v1",
      "v1....",
      "e1...",
      "v2.a.0.b.c",
      "v1.a.0.b.c.d",
      "v1.a.00.b.c",
      "v1.a.-1.b.c",
      "v1.a.0.b=.c",
      "e1.a.0.!",
      undefined,
      null,
      1,
      {},
      "x".repeat(70_000),
    ];
    for (const token of malformed)
      it(`refuses ${String(token).slice(0, 20)} (${typeof token}) as a token`, () => {
        // A program may pass what a client sent.
        assert.throws(() => make("test").verify(token as string), { status: 400, code: /^E_SIGNATURE_(FORM|KEY_UNKNOWN)$/ });
        assert.equal(make("test").find(token as string), undefined);
      });

    it("verifies tokens of every key of the list, and signs with the first one", () => {
      const rotated = make<string>("test", { secretKeys: [current, older, oldest] });
      for (const key of [oldest, older, current]) assert.equal(rotated.verify(make<string>("test", { secretKeys: [key] }).sign("x")), "x");
      assert.equal(make<string>("test", { secretKeys: [current] }).verify(rotated.sign("y")), "y");
      assert.throws(
        () => make<string>("test", { secretKeys: [current, older] }).verify(make<string>("test", { secretKeys: [oldest] }).sign("x")),
        {
          code: "E_SIGNATURE_KEY_UNKNOWN",
          message: 'The token for "test" was signed with a key that this application does not have.',
        },
      );
    });

    it("expires after its time", (test) => {
      test.mock.timers.enable({ apis: ["Date"], now: 1_800_000_000_000 });
      const signer = make<string>("test", { ttlSeconds: 60 });
      const token = signer.sign("x");
      test.mock.timers.setTime(1_800_000_059_999);
      assert.equal(signer.verify(token), "x");
      test.mock.timers.setTime(1_800_000_060_000);
      assert.throws(() => signer.verify(token), { code: "E_SIGNATURE_EXPIRED", status: 410, message: 'The token for "test" has expired.' });
      assert.equal(signer.find(token), undefined);
    });

    it("does not take a longer time from the client", () => {
      const signer = make<string>("test", { ttlSeconds: 60 });
      const parts = signer.sign("x").split(".");
      parts[2] = "0";
      assert.throws(() => signer.verify(parts.join(".")), { code: "E_SIGNATURE_MISMATCH" });
    });
  });
}

function nest(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = [value];
  return value;
}

describe("createSigner()", () => {
  const refused: ReadonlyArray<[title: string, purpose: unknown, options: unknown, code: string]> = [
    ["an empty purpose", "", {}, "E_OPTION_INVALID"],
    ["a purpose with a colon", "cookie:a", {}, "E_OPTION_INVALID"],
    ["a purpose in upper case", "Invite", {}, "E_OPTION_INVALID"],
    ["a purpose of 65 characters", "a".repeat(65), {}, "E_OPTION_INVALID"],
    ["a purpose that is not a string", 1, {}, "E_OPTION_INVALID"],
    ["an unknown option", "a", { ttl: 1 }, "E_OPTION_UNKNOWN"],
    ["a time of 0", "a", { ttlSeconds: 0 }, "E_OPTION_INVALID"],
    ["a time that is not whole", "a", { ttlSeconds: 1.5 }, "E_OPTION_INVALID"],
    ["a time above 100 years", "a", { ttlSeconds: 100 * 365 * 86_400 + 1 }, "E_OPTION_INVALID"],
    ["no keys", "a", { secretKeys: [] }, "E_SECRET_KEY_INVALID"],
  ];
  for (const [title, purpose, options, code] of refused)
    it(`refuses ${title}`, () => assert.throws(() => createSigner(purpose as string, options as SignerOptions), { code })); // Wrong on purpose.

  it("takes a purpose of 64 characters and a time of 100 years", () => {
    const signer = createSigner<number>("a".repeat(64), { secretKeys: [current], ttlSeconds: 100 * 365 * 86_400 });
    assert.equal(signer.verify(signer.sign(1)), 1);
  });

  it("signs unless it is to encrypt", () => {
    for (const [options, version] of [
      [{}, "v1"],
      [{ encrypted: false }, "v1"],
      [{ encrypted: true }, "e1"],
    ] as const)
      assert.equal(
        createSigner("test", { secretKeys: [current], ...options })
          .sign("x")
          .split(".")[0],
        version,
      );
  });

  it("keeps signed and encrypted tokens apart", () => {
    const terms = { purpose: "test" };
    const keyring = createKeyring([current]);
    assert.throws(() => verifyText(encryptText("x", keyring, terms), keyring, terms), { code: "E_SIGNATURE_FORM" });
    assert.throws(() => decryptText(signText("x", keyring, terms), keyring, terms), { code: "E_SIGNATURE_FORM" });
  });

  it("takes tokens of 65,536 characters, and refuses one more", () => {
    const keyring = createKeyring([current]);
    for (const [open, version, end] of [
      [verifyText, "v1", ".mac"],
      [decryptText, "e1", ""],
    ] as const) {
      const code = (length: number): string => {
        const head = `${version}.unknown.0.`;
        try {
          return open(`${head}${"a".repeat(length - head.length - end.length)}${end}`, keyring, { purpose: "test" });
        } catch (error) {
          return (error as { code: string }).code; // Errors of tokens have codes.
        }
      };
      assert.deepEqual([code(65_536), code(65_537)], ["E_SIGNATURE_KEY_UNKNOWN", "E_SIGNATURE_FORM"]);
    }
  });

  it("takes 0 and up to 12 digits as the expiry of a token", () => {
    const keyring = createKeyring([current]);
    const code = (open: typeof verifyText, token: string): string => {
      try {
        return open(token, keyring, { purpose: "test" });
      } catch (error) {
        return (error as { code: string }).code; // Errors of tokens have codes.
      }
    };
    for (const [expiry, expected] of [
      ["0", "E_SIGNATURE_KEY_UNKNOWN"],
      ["1", "E_SIGNATURE_KEY_UNKNOWN"],
      ["10", "E_SIGNATURE_KEY_UNKNOWN"],
      ["9".repeat(12), "E_SIGNATURE_KEY_UNKNOWN"],
      ["9".repeat(13), "E_SIGNATURE_FORM"],
      ["", "E_SIGNATURE_FORM"],
      ["00", "E_SIGNATURE_FORM"],
      ["01", "E_SIGNATURE_FORM"],
      ["-1", "E_SIGNATURE_FORM"],
      ["1e3", "E_SIGNATURE_FORM"],
    ] as const) {
      assert.equal(code(verifyText, `v1.unknown.${expiry}.a.b`), expected, expiry);
      assert.equal(code(decryptText, `e1.unknown.${expiry}.a`), expected, expiry);
    }
  });

  it("decrypts an empty text, and nothing that is shorter than its nonce and its tag", () => {
    const [keyring, terms] = [createKeyring([current]), { purpose: "test" }];
    assert.equal(decryptText(encryptText("", keyring, terms), keyring, terms), "");
    for (const [bytes, code] of [
      [27, "E_SIGNATURE_FORM"],
      [28, "E_SIGNATURE_MISMATCH"],
    ] as const)
      assert.throws(() => decryptText(`e1.${keyring.current.id}.0.${Buffer.alloc(bytes).toString("base64url")}`, keyring, terms), { code });
  });

  it("hides an encrypted value, and encrypts it another way each time", () => {
    const signer = createSigner<string>("test", { secretKeys: [current], encrypted: true });
    const tokens = Array.from({ length: 100 }, () => signer.sign("a secret text"));
    assert.equal(new Set(tokens).size, 100);
    for (const token of tokens) assert.equal(Buffer.from(token.split(".")[3]!, "base64url").toString("latin1").includes("secret"), false);
  });
});

describe("createKeyring()", () => {
  const refused: ReadonlyArray<[title: string, keys: unknown, message: RegExp]> = [
    ["no list", "x".repeat(43), /there is no key/],
    ["a short text", [randomBytes(31).toString("base64url")], /^gable\(\) secretKeys\[0\] has 31 bytes; a key has at least 32\.$/],
    ["a short hex text", [randomBytes(31).toString("hex")], /has 31 bytes/],
    ["short bytes", [randomBytes(31)], /has 31 bytes/],
    ["a repeated character", ["a".repeat(64)], /is not random/],
    ["a repeated word", ["changeme".repeat(8)], /is not random/],
    ["nine different characters", ["abcdefghi".repeat(6)], /is not random/],
    ["a sentence", ["correct horse battery staple correct horse battery staple"], /neither base64url, base64 nor hex/],
    ["nothing", [undefined], /must be a string or a Uint8Array/],
    ["a repeated key", [current, older, current], /secretKeys\[2\] repeats another key/],
  ];
  for (const [title, keys, message] of refused)
    it(`refuses ${title}`, () => {
      // Wrong on purpose.
      assert.throws(
        () => createKeyring(keys as string[]),
        (error: Error & { code?: string }) => {
          assert.equal(error.code, "E_SECRET_KEY_INVALID");
          assert.match(error.message, message);
          for (const key of Array.isArray(keys) ? keys : [keys])
            if (typeof key === "string") assert.equal(error.message.includes(key), false, "the message has the key");
          return true;
        },
      );
    });

  it("takes a key with ten different characters", () => assert.doesNotThrow(() => createKeyring(["abcdefghij".repeat(5)])));

  it("reads the same 32 bytes from base64url, base64, hex and bytes", () => {
    const bytes = randomBytes(32);
    const texts = [bytes.toString("base64url"), bytes.toString("base64"), bytes.toString("hex"), bytes];
    assert.equal(new Set(texts.map((text) => createKeyring([text]).ids)).size, 1);
  });

  it("derives a separate key for each use and purpose, however many there are", () => {
    const key = new RootKey(randomBytes(32));
    const derive = (index: number): string => Buffer.from(key.keyFor("sign", `purpose-${index}`)).toString("hex");
    const keys = Array.from({ length: 600 }, (_, index) => derive(index));
    assert.equal(new Set(keys).size, 600);
    assert.equal(derive(599), keys[599]);
    assert.notDeepEqual(key.keyFor("sign", "a"), key.keyFor("encrypt", "a"));
    assert.equal(new Keyring([key]).find("other"), undefined);
  });
});
