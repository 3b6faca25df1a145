/** Languages of the catalogue. */

/** Names of the languages by code, in the order of the names. */
export const languageNames = {
  grc: "Ancient Greek",
  zh: "Chinese",
  da: "Danish",
  en: "English",
  fr: "French",
  de: "German",
  it: "Italian",
  ja: "Japanese",
  la: "Latin",
  no: "Norwegian",
  pt: "Portuguese",
  ru: "Russian",
  sa: "Sanskrit",
  es: "Spanish",
  sv: "Swedish",
} as const;

/** Code of a language. */
export type Language = keyof typeof languageNames;

/** Languages for a list of choices. */
export const languageChoices: ReadonlyArray<readonly [string, string]> = Object.entries(languageNames);
