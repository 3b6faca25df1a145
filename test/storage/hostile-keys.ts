/** Keys that no store may take. */

const separators = ["/", "\\", "//", "/./", "%2f", "%5c", "\u2215", "/\u0000/"];
const climbs = ["..", "...", "....", ".", "..;", "%2e%2e", "..%00", ". .", "..\u200b", "\u2024\u2024"];
const targets = ["outside.txt", "etc/passwd", "windows/win.ini"];

function* climbing(): Generator<string> {
  for (const separator of separators)
    for (const climb of climbs)
      for (const target of targets) {
        yield `${climb}${separator}${target}`;
        yield `a${separator}${climb}${separator}${target}`;
      }
}

const others: readonly string[] = [
  "",
  "/",
  "//",
  "a//b",
  "/etc/passwd",
  "a/",
  "/a",
  ".",
  "..",
  ".partial",
  ".partial/x",
  ".types/a.png",
  ".htaccess",
  "a/.git/config",
  "a.",
  "a ",
  " a",
  "a/b ./c",
  "C:\\windows\\win.ini",
  "C:/windows/win.ini",
  "\\\\server\\share\\file",
  "//server/share",
  "file:///etc/passwd",
  "a:stream",
  "a::$DATA",
  "a*",
  "a?",
  'a"b',
  "a<b",
  "a>b",
  "a|b",
  "con",
  "CON.txt",
  "a/nul",
  "AUX.tar.gz",
  "com1",
  "LPT9.log",
  "prn",
  "CONIN$",
  "com\u00b9",
  "~\\secret",
  "a\\b",
  "e\u0301.png",
  "a\u202epng.exe",
  "a\u200b",
  "\ufeffa",
  "a\u2028b",
  "a\u2029b",
  "a\ud800b",
  "\udfff",
  "a\ue000",
  "x".repeat(513),
  `${"a/".repeat(256)}a`,
  "x".repeat(256),
  "\u00e9".repeat(128),
  "\u{1f600}".repeat(129),
];

/** A name with each control character, in three places. */
function* withControls(): Generator<string> {
  for (let code = 0; code <= 0x9f; code++) {
    if (code >= 0x20 && code < 0x7f) continue;
    const character = String.fromCharCode(code);
    yield* [`${character}a`, `a${character}b`, `a/${character}`];
  }
}

/** More than 500 keys, each once. Some of those that climb are good names of odd files, and stay inside. */
export const hostileKeys: readonly string[] = [...new Set([...climbing(), ...others, ...withControls()])];
/** Keys that break a rule for certain. */
export const refusedKeys: readonly string[] = [...new Set([...others, ...withControls()])];
