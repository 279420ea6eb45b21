/** What people write: any language, emoji with joiners, right-to-left marks and isolates. Taken out are control
 *  characters other than tab and line feed, and the embeddings and overrides (U+202A-202E), with which text shows other
 *  than it is. Line ends become one line feed; lone surrogates the replacement character. Cleaning twice changes
 *  nothing. */
export const cleanText = (text: string): string =>
  text
    .replace(/\p{Surrogate}/gu, "\ufffd")
    .replace(/\r\n?|[\u0085\u2028\u2029]/g, "\n")
    .replace(/[^\P{Cc}\n\t]|[\u202a-\u202e]/gu, "")

/** One line of it, such as a room's name. White space runs become one space; the ends are trimmed. */
export const cleanLine = (text: string): string => cleanText(text).replace(/\s+/g, " ").trim()
