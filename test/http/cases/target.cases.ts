/** The request target: rows T1 to T7, D1 to D3. */
import { accepted, casesOf, get, head, refused } from "./wire-case.ts";

const host = "Host: a.test";
const forbiddenInPath = ['"', "<", ">", "\\", "`", "{", "}"];

export const targetCases = [
  ...casesOf("T1", "RFC 9110 s. 15.5.15", [
    ["at-limit", get(`/${"a".repeat(8191)}`), accepted()],
    ["over-limit", get(`/${"a".repeat(8192)}`), refused(414)],
    ["far-over-limit", `GET /${"a".repeat(20_000)}`, refused(414)],
  ]),
  ...casesOf("T2", "RFC 3986 s. 2", [
    ["fragment", get("/a#b"), refused(400)],
    ["latin-1", get("/\xe9"), refused(400)],
    ["latin-1-in-query", get("/?\xe9"), refused(400)],
    ["fragment-in-query", get("/?a#b"), refused(400)],
    ["high-control", get("/\x80"), refused(400)],
  ]),
  ...casesOf(
    "T3",
    "RFC 3986 s. 3.3",
    forbiddenInPath.flatMap((byte) => [
      [`path-${byte.charCodeAt(0)}`, get(`/a${byte}b`), refused(400)] as const,
      [`query-${byte.charCodeAt(0)}`, get(`/a?b${byte}c`), accepted({ path: "/a", query: `b${byte}c` })] as const,
    ]),
  ),
  ...casesOf("T4", "RFC 9112 s. 3.2.1", [
    ["root", get("/"), accepted({ path: "/", query: "" })],
    ["query", get("/a?b=c&d"), accepted({ path: "/a", query: "b=c&d" })],
    ["empty-query", get("/a?"), accepted({ path: "/a", query: "" })],
    ["two-slashes", get("//evil.test/x"), accepted({ path: "//evil.test/x", authority: "a.test" })],
    ["two-question-marks", get("/a?b?c"), accepted({ path: "/a", query: "b?c" })],
    ["sub-delimiters", get("/a;b=1,c!$&'()*+@:|^[]"), accepted({ path: "/a;b=1,c!$&'()*+@:|^[]" })],
  ]),
  ...casesOf("T5", "RFC 9112 s. 3.2.4", [
    ["options", head("OPTIONS * HTTP/1.1", host), accepted({ path: "*", method: "OPTIONS" })],
    ["get", head("GET * HTTP/1.1", host), refused(400)],
    ["post", head("POST * HTTP/1.1", host), refused(400)],
  ]),
  ...casesOf("T6", "RFC 9112 s. 3.2.2", [
    ["http", head("GET http://b.test/x?y HTTP/1.1", host), accepted({ path: "/x", query: "y", authority: "b.test", host: "b.test" })],
    ["case", head("GET HTTP://B.test/ HTTP/1.1", host), accepted({ authority: "b.test", host: "b.test" })],
    ["default-port", head("GET http://b.test:80/ HTTP/1.1", host), accepted({ authority: "b.test" })],
    ["port", head("GET http://b.test:8080/ HTTP/1.1", host), accepted({ authority: "b.test:8080" })],
    ["no-path", head("GET http://b.test HTTP/1.1", host), accepted({ path: "/", authority: "b.test" })],
    ["no-path-query", head("GET http://b.test?q HTTP/1.1", host), accepted({ path: "/", query: "q" })],
    ["bad-host-field", head("GET http://b.test/ HTTP/1.1", "Host: a b"), refused(400)],
    ["no-host-field", head("GET http://b.test/ HTTP/1.1"), refused(400)],
  ]),
  ...casesOf("T7", "RFC 9112 s. 3.2", [
    ["userinfo", head("GET http://u:p@b.test/ HTTP/1.1", host), refused(400)],
    ["empty-host", head("GET http:///x HTTP/1.1", host), refused(400)],
    ["ftp", head("GET ftp://b.test/ HTTP/1.1", host), refused(400)],
    ["javascript", head("GET javascript:x HTTP/1.1", host), refused(400)],
    ["authority-form", head("GET b.test:80 HTTP/1.1", host), refused(400)],
    ["relative", head("GET a/b HTTP/1.1", host), refused(400)],
    ["query-alone", head("GET ?a HTTP/1.1", host), refused(400)],
    ["https-over-plain", head("GET https://a.test/ HTTP/1.1", host), refused(421)],
  ]),
  ...casesOf("D1", "RFC 3986 s. 2.1", [
    ["no-digits", get("/%"), refused(400)],
    ["one-digit", get("/%4"), refused(400)],
    ["not-hex", get("/%zz"), refused(400)],
    ["nul", get("/%00"), refused(400)],
    ["lf", get("/a%0ab"), refused(400)],
    ["unit-separator", get("/%1F"), refused(400)],
    ["del", get("/%7f"), refused(400)],
    ["overlong-slash", get("/%c0%af"), refused(400)],
    ["overlong-three", get("/%e0%80%af"), refused(400)],
    ["surrogate", get("/%ed%a0%80"), refused(400)],
    ["cut", get("/%e2%82"), refused(400)],
    ["lone-continuation", get("/%80"), refused(400)],
    ["utf-8", get("/%E2%82%AC"), accepted({ path: "/%E2%82%AC" })],
    ["space", get("/a%20b"), accepted({ path: "/a%20b" })],
    ["broken-in-query", get("/?%zz%00"), accepted({ query: "%zz%00" })],
  ]),
  ...casesOf("D2", "RFC 3986 s. 5.2.4", [
    ["dot", get("/."), refused(400)],
    ["dot-dot", get("/a/.."), refused(400)],
    ["dot-inside", get("/a/./b"), refused(400)],
    ["dot-dot-inside", get("/a/../b"), refused(400)],
    ["encoded", get("/a/%2e%2e/b"), refused(400)],
    ["half-encoded", get("/a/.%2E"), refused(400)],
    ["other-half", get("/a/%2e."), refused(400)],
    ["three-dots", get("/..."), accepted({ path: "/..." })],
    ["dot-file", get("/.well-known/x"), accepted({ path: "/.well-known/x" })],
    ["in-query", get("/?/../x"), accepted({ query: "/../x" })],
    ["twice-encoded", get("/%252e%252e"), accepted({ path: "/%252e%252e" })],
  ]),
  ...casesOf("D3", "RFC 3986 s. 2.2", [
    ["slash", get("/a%2Fb"), accepted({ path: "/a%2Fb" })],
    ["backslash", get("/a%5cb"), accepted({ path: "/a%5cb" })],
  ]),
];
