/** Header fields and Host: rows F1 to F8, H1, H2. Row H3 belongs to the application, `src/app`. */
import { accepted, casesOf, get, head, refused } from "./wire-case.ts";

const singles = [
  "Host: a.test",
  "Content-Length: 0",
  "Content-Type: text/plain",
  "Authorization: Bearer x",
  "Proxy-Authorization: Basic x",
  "Expect: 100-continue",
  "Range: bytes=0-1",
  'If-Range: "a"',
  "If-Modified-Since: x",
  "If-Unmodified-Since: x",
  "Origin: http://a.test",
  "Sec-Fetch-Site: none",
  "Sec-Fetch-Mode: cors",
  "Sec-Fetch-Dest: empty",
  "Sec-Fetch-User: ?1",
  "Sec-Fetch-Storage-Access: active",
  "Sec-WebSocket-Key: x",
  "Sec-WebSocket-Version: 13",
];

export const fieldCases = [
  ...casesOf("F1", "RFC 9112 s. 5.1", [
    ["no-colon", get("/", "X"), refused(400)],
    ["empty-name", get("/", ": x"), refused(400)],
    ["space-before-colon", get("/", "X : y"), refused(400)],
    ["tab-before-colon", get("/", "X\t: y"), refused(400)],
    ["name-not-token", get("/", "X(y): z"), refused(400)],
    ["name-latin-1", get("/", "X\xe9: z"), refused(400)],
    ["space-before-first", "GET / HTTP/1.1\r\n Host: a.test\r\n\r\n", refused(400)],
    ["space-before-content-length", get("/", "Content-Length : 3"), refused(400)],
  ]),
  ...casesOf("F2", "RFC 9112 s. 5.2", [
    ["space", get("/", "X: a", " b"), refused(400)],
    ["tab", get("/", "X: a", "\tb"), refused(400)],
    ["framing", get("/", "Transfer-Encoding:", " chunked"), refused(400)],
  ]),
  ...casesOf("F3", "RFC 9110 s. 5.5", [
    ["trim", get("/", "X-A: \t v \t "), accepted({ xa: "v" })],
    ["empty", get("/", "X-A:"), accepted({ xa: "" })],
    ["inner-blanks", get("/", "X-A: a \t b"), accepted({ xa: "a \t b" })],
    ["latin-1", get("/", "X-A: \xe9\xff\x80"), accepted({ xa: "\xe9\xff\x80" })],
    ["no-blank", get("/", "X-A:v"), accepted({ xa: "v" })],
    ["colon-in-value", get("/", "X-A: a:b"), accepted({ xa: "a:b" })],
  ]),
  ...casesOf("F4", "CVE-2026-3902", [
    ["dropped", get("/", "X_A: 1", "X-A: 2"), accepted({ xa: "2", count: 2 })],
    ["forwarded", get("/", "X_Forwarded_For: 1.2.3.4"), accepted({ count: 1 })],
    ["content-length", get("/", "Content_Length: 3"), refused(400)],
    ["transfer-encoding", get("/", "transfer_encoding: chunked"), refused(400)],
  ]),
  ...casesOf(
    "F5",
    "RFC 9110 s. 5.3",
    singles.map(
      (field) => [field.split(":")[0]!, field.startsWith("Host") ? get("/", field) : get("/", field, field), refused(400)] as const,
    ),
  ),
  ...casesOf("F5", "RFC 9112 s. 6.1", [
    ["Transfer-Encoding", get("/", "Transfer-Encoding: chunked", "Transfer-Encoding: chunked"), refused(400)],
  ]),
  ...casesOf("F6", "RFC 9110 s. 5.3", [
    ["first", get("/", "User-Agent: one", "User-Agent: two"), accepted({ agent: "one" })],
    ["cookie", get("/", "Cookie: a=1", "Cookie: b=2"), accepted({ cookie: "a=1; b=2" })],
    ["list", get("/", "X-A: 1", "x-a: 2", "X-a: 3"), accepted({ xa: "1, 2, 3" })],
    ["referer", get("/", "Referer: http://x.test/", "Referer: http://y.test/"), accepted()],
  ]),
  ...casesOf("F7", "RFC 6585 s. 5", [
    ["count-at-limit", get("/", ...Array.from({ length: 99 }, (_, index) => `X-${index}: y`)), accepted({ count: 100 })],
    ["count-over-limit", get("/", ...Array.from({ length: 100 }, (_, index) => `X-${index}: y`)), refused(431)],
    ["field-at-limit", get("/", `X-A: ${"a".repeat(8192 - 5)}`), accepted()],
    ["field-over-limit", get("/", `X-A: ${"a".repeat(8192 - 4)}`), refused(431)],
    ["head-at-limit", headOfBytes(16_384), accepted()],
    ["head-over-limit", headOfBytes(16_385), refused(431)],
    ["endless", `GET / HTTP/1.1\r\nHost: a.test\r\n${"X-A: b\r\n".repeat(3000)}`, refused(431)],
  ]),
  ...casesOf("F8", "CVE-2026-21710", [
    ["proto", get("/", "__proto__: x"), accepted({ count: 1 })],
    ["constructor", get("/", "constructor: x"), accepted({ count: 2 })],
    ["to-string", get("/", "toString: x"), accepted({ count: 2 })],
  ]),
  ...casesOf("H1", "RFC 9112 s. 3.2", [
    ["none-1.1", head("GET / HTTP/1.1"), refused(400)],
    ["empty-1.1", head("GET / HTTP/1.1", "Host:"), refused(400)],
    ["two", head("GET / HTTP/1.1", "Host: a.test", "Host: b.test"), refused(400)],
    ["none-1.0", head("GET / HTTP/1.0"), accepted({ authority: "" })],
  ]),
  ...casesOf("H2", "RFC 3986 s. 3.2", [
    ...[
      "a,b",
      "u@a.test",
      "a/b",
      "a b",
      "a%41",
      "[::1",
      "::1",
      "a:65536",
      "a:b",
      "a:-1",
      "a..b",
      ".a",
      "[::1]x",
      "a?b",
      "a#b",
      "[zz::1]",
      "a:123456",
      "é.test",
    ].map((host, index) => [`bad-${index}`, head("GET / HTTP/1.1", `Host: ${host}`), refused(400)] as const),
    ["upper-case", head("GET / HTTP/1.1", "Host: A.TEST"), accepted({ authority: "a.test" })],
    ["default-port", head("GET / HTTP/1.1", "Host: a.test:80"), accepted({ authority: "a.test" })],
    ["other-port", head("GET / HTTP/1.1", "Host: a.test:8080"), accepted({ authority: "a.test:8080" })],
    ["empty-port", head("GET / HTTP/1.1", "Host: a.test:"), accepted({ authority: "a.test" })],
    ["trailing-dot", head("GET / HTTP/1.1", "Host: a.test."), accepted({ authority: "a.test" })],
    ["underscore", head("GET / HTTP/1.1", "Host: a_b.test"), accepted({ authority: "a_b.test" })],
    ["ipv6", head("GET / HTTP/1.1", "Host: [::1]:80"), accepted({ authority: "[::1]" })],
    ["ipv6-long", head("GET / HTTP/1.1", "Host: [0:0:0:0:0:0:0:1]"), accepted({ authority: "[::1]" })],
    ["ipv4", head("GET / HTTP/1.1", "Host: 127.0.0.1:3000"), accepted({ authority: "127.0.0.1:3000" })],
  ]),
];

/** A head of exactly so many bytes, its empty line included, in fields below their own limit. */
function headOfBytes(bytes: number): string {
  const start = "GET / HTTP/1.1\r\nHost: a.test\r\n";
  const rest = bytes - start.length - 2;
  const fields = `X-A: ${"a".repeat(6000)}\r\nX-B: ${"b".repeat(6000)}\r\n`;
  return `${start}${fields}X-C: ${"c".repeat(rest - fields.length - 7)}\r\n\r\n`;
}
