/** Where Node's own parser decides before we can see the bytes. A new entry needs a reason. */
export const adapterExceptions: Readonly<Record<string, string>> = {
  "L1-six": "the parser skips any number of empty lines",
  "L2-first-lf": "the parser skips a line feed before the request line",
  "R1-two-spaces": "the parser folds several blanks",
  "R1-two-spaces-before-version": "the parser folds several blanks",
  "R6-1.2": "the parser knows HTTP/1.0 and HTTP/1.1 alone",
  "R6-1.9": "the parser knows HTTP/1.0 and HTTP/1.1 alone",
  "S1-after-close": "the parser reads what follows the request before the reply is sent",
  "K1-bad-10": "the parser waits for a chunk of any size",
  "K2-line-over-limit": "the parser has a limit of 16 KiB for extensions",
  "K2-sum-over-limit": "the parser has a limit of 16 KiB for extensions",
};
