/**
 * The browser's English variant, or British English. The interface is English, so dates and numbers are formatted in
 * English too.
 */
export const LOCALE =
  typeof navigator === "undefined"
    ? "en-GB"
    : (navigator.languages.find((language) => language === "en" || language.startsWith("en-")) ?? "en-GB");
