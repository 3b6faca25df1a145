/** Languages of the catalogue. */

/** Names of the languages by code. */
export const languageNames: Readonly<Record<string, string>> = {
  da: "Danish",
  de: "German",
  en: "English",
  es: "Spanish",
  fr: "French",
  grc: "Ancient Greek",
  it: "Italian",
  ja: "Japanese",
  la: "Latin",
  no: "Norwegian",
  pt: "Portuguese",
  ru: "Russian",
  sa: "Sanskrit",
  sv: "Swedish",
  zh: "Chinese",
};

/** Languages for a choice, by name. */
export const languageChoices: ReadonlyArray<readonly [string, string]> = Object.entries(languageNames).sort((first, second) =>
  first[1].localeCompare(second[1]),
);
