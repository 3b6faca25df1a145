/** Phrases that make a text hard to read, each with its better form. `npm run check` reports them everywhere. */

/** A pattern of words, and what to write instead. */
export interface Phrase {
  readonly pattern: RegExp;
  readonly better: string;
}

function phrase(words: string, better: string): Phrase {
  return { pattern: new RegExp(`\\b(?:${words})\\b`, "i"), better };
}

/** The phrases. Patterns match whole words, upper and lower case. */
export const phrases: readonly Phrase[] = [
  phrase("anew|afresh", "again"),
  phrase("tells? of|told of", "reports, describes"),
  phrase("(?:is|are|be) told", "gets, knows; say who tells"),
  phrase("stands? (?:in|at|on|behind|between|beside|before|after|where|alone|there|together)", "is"),
  phrase("as (?:it|they) stands?", "directly, unchanged"),
  phrase("(?<!there )(?:is|are|was) no (?!longer|more|need|way|such|different)", "is not a"),
  phrase("(?<!\\bneed )but for", "except for"),
  phrase("at once", "immediately, or: at the same time"),
  phrase("alike", "the same way, both"),
  phrase("of one's own|of our own", "custom, your own"),
  phrase("mend(?:s|ed|ing)?", "fix"),
  phrase("(?:what|that|which|who) (?:is|are|was|were) there", "existing"),
  phrase("beside", "next to, besides"),
  phrase(
    "a text(?! (?:to translate|field|file|body|column|frame|message))|the texts(?! (?:of|between|before|after|to translate)\\b)",
    "a string, the text of ...",
  ),
  phrase("moments?", "time, datetime"),
  phrase("such as one of", "for example"),
  phrase("takes? part", "participates; say what it does"),
  phrase("what is wrong", "the problem, the error"),
  phrase("in vain", "without success"),
  phrase("none may", "... is not allowed"),
  phrase("by forgetting", "if you forget"),
  phrase("a search finds", "easy to find"),
  phrase("behind (?:it|them|the last|the first)", "after"),
  phrase("and the like", "and similar ..."),
  phrase("(?:can|could|cannot) be had", "is available"),
  phrase("believed (?:from|by)", "trusted"),
  phrase("by (?:its|their|the) places?|escaped by place", "for its context"),
  phrase("manager of packages|managers of packages", "package manager"),
  phrase("servers? of (?:PostgreSQL|MariaDB|MySQL|Redis)", "PostgreSQL server"),
  phrase("asks? (?:a|the) database", "queries the database"),
  phrase("makes? of it", "turns it into"),
  phrase("lets? (?:a|the) \\w+ begin", "say what you can do"),
  phrase("is to stay", "that you keep"),
  phrase("without (?:a )?riddle", "say it directly"),
  phrase("has (?:its|their) say", "decides"),
  phrase("the door of", "the entry point of"),
  phrase("heed(?:s|ed)?", "follow, respect"),
  phrase("whatsoever|whosoever|thereof|therein|thereby|hereby|wherein", "plain words"),
  phrase("foreign platforms?", "other platforms"),
  phrase("older ones|newer ones", "name the thing"),
  phrase("are gone|is gone", "is deleted, is missing"),
  phrase("in order to", "to"),
  phrase("due to the fact that", "because"),
  phrase("makes? sense of", "reads, parses"),
  phrase("of (?:its|their) own", "its own ..., separate"),
  phrase("the one that answers", "the server that responds"),
  phrase("puts? (?:it|them) right", "fixes"),
  phrase("goes? wrong|(?<!something )went wrong|gone wrong", "fails"),
  phrase("as many as there are", "all"),
  phrase("for all that", "although"),
  phrase("nothing but", "only"),
  phrase("no sooner|so as to|lest", "plain words"),
  phrase("inside of", "inside"),
  phrase("behind the (?:point|statement|name|colon|tag)", "after the ..."),
  phrase("without a word", "silently"),
  phrase("on (?:its|their) way to", "say what happens: is encoded, is sent"),
  phrase("simply|obviously|of course", "leave it out"),
];

/** Files that list phrases or that the check cannot read as prose. */
export const ignoredFiles: readonly string[] = ["scripts/plain-english-phrases.ts", "scripts/plain-english.test.ts"];
