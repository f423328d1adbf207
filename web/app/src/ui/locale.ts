/**
 * The reader's own English, where they read English; otherwise one that writes days before months.
 * The app speaks English: dates of another language among its sentences would read badly.
 */
export const LOCALE =
  typeof navigator === "undefined"
    ? "en-GB"
    : (navigator.languages.find((language) => language === "en" || language.startsWith("en-")) ?? "en-GB");
