/** Framing: rows C1 to C4, K1 to K6. */
import { accepted, casesOf, head, post, refused } from "./wire-case.ts";

const chunked = "Transfer-Encoding: chunked";

export const framingCases = [
  ...casesOf("C1", "RFC 9110 s. 8.6", [
    ["zero", post("", "Content-Length: 0"), accepted({ body: "" })],
    ["three", post("abc", "Content-Length: 3"), accepted({ body: "abc" })],
    ...[
      "+3",
      "-3",
      "03",
      "3, 3",
      "3,3",
      "0x3",
      "3_0",
      "3.0",
      "3 3",
      "",
      "three",
      "1e3",
      "9007199254740993",
      "99999999999999999",
      "\xb3",
    ].map((value, index) => [`bad-${index}`, post("abc", `Content-Length: ${value}`), refused(400)] as const),
  ]),
  ...casesOf("C2", "RFC 9112 s. 6.3", [
    ["both", post("0\r\n\r\n", "Content-Length: 5", chunked), refused(400)],
    ["both-other-order", post("0\r\n\r\n", chunked, "Content-Length: 5"), refused(400)],
    ["both-zero", post("0\r\n\r\n", chunked, "Content-Length: 0"), refused(400)],
    ["chunked-1.0", `${head("POST /p HTTP/1.0", "Host: a.test", chunked)}0\r\n\r\n`, refused(400)],
  ]),
  ...casesOf("C3", "RFC 9112 s. 6.1", [
    ["chunked", post("3\r\nabc\r\n0\r\n\r\n", chunked), accepted({ body: "abc" })],
    ["case-and-blanks", post("3\r\nabc\r\n0\r\n\r\n", "Transfer-Encoding: \tChunked "), accepted({ body: "abc" })],
    ...[
      "chunked, chunked",
      "chunked;q=1",
      ",chunked",
      "chunked,",
      "chunked, gzip",
      "xchunked",
      '"chunked"',
      "chunked chunked",
      "identity",
      "",
      "gzip",
    ].map((value, index) => [`bad-${index}`, post("0\r\n\r\n", `Transfer-Encoding: ${value}`), refused(400)] as const),
    ["unknown", post("0\r\n\r\n", "Transfer-Encoding: gzip, chunked"), refused(501)],
    ["unknown-two", post("0\r\n\r\n", "Transfer-Encoding: br, gzip, chunked"), refused(501)],
  ]),
  ...casesOf("C4", "RFC 9112 s. 6.3", [
    ["get-with-body", `${head("GET / HTTP/1.1", "Host: a.test", "Content-Length: 3")}abc`, accepted({ body: "abc" })],
    ["delete-with-body", `${head("DELETE / HTTP/1.1", "Host: a.test", chunked)}1\r\nx\r\n0\r\n\r\n`, accepted({ body: "x" })],
    ["post-without", head("POST /p HTTP/1.1", "Host: a.test"), accepted({ body: "" })],
    ["options-with-body", `${head("OPTIONS / HTTP/1.1", "Host: a.test", "Content-Length: 1")}x`, accepted({ body: "x" })],
  ]),
  ...casesOf("K1", "RFC 9112 s. 7.1", [
    ["upper-hex", post("A\r\n0123456789\r\n0\r\n\r\n", chunked), accepted({ body: "0123456789" })],
    ["leading-zeros", post("0003\r\nabc\r\n000\r\n\r\n", chunked), accepted({ body: "abc" })],
    ["sixteen-digits", post("0000000000000001\r\nx\r\n0\r\n\r\n", chunked), accepted({ body: "x" })],
    ...["00000000000000001", "+3", "-3", "0x3", "1_0", " 3", "3 ", "\t3", "", "g", "20000000000000"].map(
      (size, index) => [`bad-${index}`, post(`${size}\r\nabc\r\n0\r\n\r\n`, chunked), refused(400)] as const,
    ),
  ]),
  ...casesOf("K2", "RFC 9112 s. 7.1.1", [
    ["token", post("3;a=b\r\nabc\r\n0;x\r\n\r\n", chunked), accepted({ body: "abc" })],
    ["quoted", post('3;a="b;\\"c"\r\nabc\r\n0\r\n\r\n', chunked), accepted({ body: "abc" })],
    ["bad-white-space", post("3 ;a=b\r\nabc\r\n0\r\n\r\n", chunked), refused(400)],
    ["inner-white-space", post("3; a=b\r\nabc\r\n0\r\n\r\n", chunked), refused(400)],
    ["empty", post("3;\r\nabc\r\n0\r\n\r\n", chunked), refused(400)],
    ["open-quote", post('3;a="b\r\nabc\r\n0\r\n\r\n', chunked), refused(400)],
    ["lf", post("3;a\nabc\r\n0\r\n\r\n", chunked), refused(400)],
    ["line-at-limit", post(`1;${"a".repeat(255)}\r\nx\r\n0\r\n\r\n`, chunked), accepted({ body: "x" })],
    ["line-over-limit", post(`1;${"a".repeat(256)}\r\nx\r\n0\r\n\r\n`, chunked), refused(400)],
    ["sum-at-limit", post(`${`1;${"a".repeat(255)}\r\nx\r\n`.repeat(16)}0\r\n\r\n`, chunked), accepted({ body: "x".repeat(16) })],
    ["sum-over-limit", post(`${`1;${"a".repeat(255)}\r\nx\r\n`.repeat(16)}0;a\r\n\r\n`, chunked), refused(400)],
  ]),
  ...casesOf("K3", "RFC 9112 s. 7.1", [
    ["too-many", post("3\r\nabcd\r\n0\r\n\r\n", chunked), refused(400)],
    ["lf", post("3\r\nabc\n0\r\n\r\n", chunked), refused(400)],
    ["size-lf", post("3\nabc\r\n0\r\n\r\n", chunked), refused(400)],
    ["cr-other", post("3\r\nabc\rx0\r\n\r\n", chunked), refused(400)],
    ["size-cr-other", post("3\rxabc\r\n0\r\n\r\n", chunked), refused(400)],
  ]),
  ...casesOf("K4", "RFC 9112 s. 8", [
    ["length", post("ab", "Content-Length: 3"), refused(0)],
    ["no-last-chunk", post("3\r\nabc\r\n", chunked), refused(0)],
    ["no-final-line", post("3\r\nabc\r\n0\r\n", chunked), refused(0)],
    ["in-size", post("3", chunked), refused(0)],
  ]),
  ...casesOf("K5", "RFC 9110 s. 6.5", [
    ["one", post("1\r\nx\r\n0\r\nX-T: v\r\n\r\n", chunked), accepted({ body: "x", trailer: "v", xt: null })],
    ["twenty", post(`0\r\n${"X-T: v\r\n".repeat(20)}\r\n`, chunked), accepted({ body: "" })],
    ["twenty-one", post(`0\r\n${"X-T: v\r\n".repeat(21)}\r\n`, chunked), refused(400)],
    ["at-limit", post(`0\r\nX-T: ${"a".repeat(4096 - 7)}\r\n\r\n`, chunked), accepted({ body: "" })],
    ["over-limit", post(`0\r\nX-T: ${"a".repeat(4096 - 6)}\r\n\r\n`, chunked), refused(400)],
    ["no-colon", post("0\r\nX\r\n\r\n", chunked), refused(400)],
    ["control", post("0\r\nX: a\0b\r\n\r\n", chunked), refused(400)],
    ["lf", post("0\r\nX: a\n\r\n", chunked), refused(400)],
    ["cr-other", post("0\r\nX: a\rb\r\n\r\n", chunked), refused(400)],
  ]),
  ...casesOf("K6", "RFC 9110 s. 6.5.1", [
    ...[
      "Content-Length: 3",
      "Transfer-Encoding: chunked",
      "Host: b.test",
      "Connection: close",
      "TE: trailers",
      "Trailer: x",
      "Upgrade: x",
    ].map((field) => [`refused-${field.split(":")[0]!}`, post(`0\r\n${field}\r\n\r\n`, chunked), refused(400)] as const),
    ...["Authorization: x", "Cookie: a=b", "Content-Type: x/y", 'If-Match: "x"', "Range: bytes=0-0", "Cache-Control: no-store"].map(
      (field) =>
        [`dropped-${field.split(":")[0]!}`, post(`0\r\n${field}\r\nX-T: v\r\n\r\n`, chunked), accepted({ body: "", trailers: 1 })] as const,
    ),
  ]),
];
