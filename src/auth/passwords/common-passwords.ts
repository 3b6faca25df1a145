/**
 * Common passwords, as rules instead of a list: words that people choose, with what they add to them. Lists of leaked
 * passwords consist of little else, so the rules refuse far more than their most frequent entries.
 */

/** Words that the most frequent passwords are made of. */
const words = new Set(
  (
    "password passwort motdepasse contrasena wachtwoord parola senha haslo heslo pass passwd pw login admin administrator root user guest test tester " +
    "demo sample example default changeme letmein welcome welkom willkommen bienvenue hello hallo bonjour hola iloveyou loveyou ilove lovely love sweet " +
    "sweetheart honey baby babygirl angel princess prinzessin sunshine flower summer winter spring autumn sommer fruehling herbst monday tuesday " +
    "wednesday thursday friday saturday sunday january february march april may june july august september october november december january " +
    "football soccer baseball basketball hockey tennis golf rugby cricket dragon monkey tiger lion eagle bear wolf shark panda horse dog cat kitten " +
    "puppy rabbit butterfly dolphin unicorn batman superman spiderman ironman pokemon pikachu naruto starwars master jedi matrix merlin gandalf hobbit " +
    "shadow phoenix ninja samurai warrior knight king queen prince killer hunter ranger trustno secret secure security access system server network " +
    "internet computer laptop google facebook twitter youtube amazon apple microsoft windows linux android samsung iphone nokia qwerty qwertz azerty " +
    "asdf asdfgh asdfghjkl zxcvbn zxcvbnm yxcvbnm qazwsx qazwsxedc wsxedc abc abcd abcde abcdef abcdefg abcdefgh aaa michael jennifer jessica ashley " +
    "daniel andrew joshua matthew thomas robert charlie jordan george hannah michelle nicole amanda samantha maria anna julia laura martin peter paul " +
    "max alexander andreas stefan christian sebastian florian tobias philipp lukas felix jonas leon marie sophie emma mia lena sarah lisa cheese " +
    "chocolate cookie coffee pizza banana orange lemon cherry pepper ginger purple yellow silver golden black white green blue red money dollar " +
    "lucky happy smile freedom heaven jesus christ god blessed faith hope peace rainbow diamond crystal star moon sun sky ocean river mountain forest " +
    "london paris berlin vienna madrid rome moscow newyork chicago boston texas california america england germany france italy spain mexico brazil " +
    "china japan india mustang corvette ferrari porsche mercedes yamaha harley toyota honda guitar music metallica nirvana slipknot eminem beatles " +
    "arsenal chelsea liverpool barcelona realmadrid juventus bayern yankees cowboys steelers lakers whatever nothing something anything forever never " +
    "always please thankyou sorry fuckyou fuck asshole bitch pussy sexy hottie biteme bullshit company office manager support service business sales " +
    "temp temporary new old my our your the one two three first second school student teacher university college family mother father mom dad mama papa"
  ).split(" "),
);

/** Rows and columns of keyboards, forwards; they are looked up backwards as well. */
const walks = [
  "1234567890",
  "qwertyuiop",
  "qwertzuiop",
  "azertyuiop",
  "asdfghjkl",
  "qsdfghjklm",
  "zxcvbnm",
  "yxcvbnm",
  "abcdefghijklmnopqrstuvwxyz",
  "1qaz2wsx3edc4rfv",
  "q1w2e3r4t5y6u7i8o9p0",
  "147258369",
  "0987654321",
];

const looksLike: Readonly<Record<string, string>> = {
  "0": "o",
  "1": "i",
  "3": "e",
  "4": "a",
  "5": "s",
  "7": "t",
  "@": "a",
  $: "s",
  "!": "i",
  "|": "l",
};

/** Whether a password is one of those that everybody tries first. */
export function isCommonPassword(password: string): boolean {
  const text = password.normalize("NFKC").toLowerCase();
  return isRepeated(text) || isWalk(text) || isDate(text) || isWords(text);
}

/** `aaaaaaaa`, `abababab`, `12121212`. */
function isRepeated(text: string): boolean {
  return /^(.{1,4}?)\1+.?$/su.test(text) || new Set(text).size <= 2;
}

/** Neighbouring keys, letters or digits in order, possibly several of them in a row: `qwerty123456`. */
function isWalk(text: string): boolean {
  let rest = text;
  while (rest !== "") {
    const length = walkLength(rest);
    if (length < 3) return false;
    rest = rest.slice(length);
  }
  return true;
}

function walkLength(text: string): number {
  let longest = 0;
  for (const walk of walks) {
    for (const line of [walk, [...walk].toReversed().join("")]) {
      let length = Math.min(text.length, line.length);
      while (length > longest && !line.includes(text.slice(0, length))) length--;
      longest = Math.max(longest, length);
    }
  }
  return longest;
}

/** `19901231`, `31.12.1990`, `1990-12-31`. */
function isDate(text: string): boolean {
  return /^(?:(?:19|20)\d\d[./-]?[01]?\d[./-]?[0-3]?\d|[0-3]?\d[./-]?[01]?\d[./-]?(?:19|20)\d\d)$/.test(text);
}

/** One, two or three common words, with digits and signs around and between them, or letters that look like them. */
function isWords(text: string): boolean {
  const bare = text.replaceAll(/^[^\p{L}]+|[^\p{L}]+$/gu, "");
  const plain = [...text].map((character) => looksLike[character] ?? character).join("");
  const candidates = [
    bare,
    bare.replaceAll(/[\d\W_]/gu, ""),
    plain.replaceAll(/[^\p{L}]/gu, ""),
    plain.replaceAll(/[^\p{L}]+$/gu, "").replaceAll(/(?:i|o|e|a|s|t)+$/g, ""),
  ];
  return candidates.some((candidate) => isConcatenation(candidate, 3));
}

function isConcatenation(text: string, wordsMax: number): boolean {
  if (text === "") return false;
  if (words.has(text)) return true;
  if (wordsMax === 1) return false;
  for (let end = 2; end <= text.length - 2; end++)
    if (words.has(text.slice(0, end)) && isConcatenation(text.slice(end), wordsMax - 1)) return true;
  return false;
}
