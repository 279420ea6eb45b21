/** Scripts in which the world's languages are written today (UAX #31, table 5). */
const SCRIPTS = [
  "Latin",
  "Greek",
  "Cyrillic",
  "Armenian",
  "Hebrew",
  "Arabic",
  "Thaana",
  "Devanagari",
  "Bengali",
  "Gurmukhi",
  "Gujarati",
  "Oriya",
  "Tamil",
  "Telugu",
  "Kannada",
  "Malayalam",
  "Sinhala",
  "Thai",
  "Lao",
  "Tibetan",
  "Myanmar",
  "Georgian",
  "Ethiopic",
  "Khmer",
  "Hangul",
]
/** Scripts that languages mix (UTS #39 section 5.2, "highly restrictive"). */
const MIXES = [
  ["Latin", "Han", "Hiragana", "Katakana"],
  ["Latin", "Han", "Bopomofo"],
  ["Latin", "Han", "Hangul"],
]

const written = [...SCRIPTS.map((script) => [script]), ...MIXES].map((scripts) => {
  const each = scripts.map((script) => `\\p{Script_Extensions=${script}}`).join("")
  return new RegExp(`^[${each}\\p{Script=Common}\\p{Script=Inherited}]*$`, "u")
})

/** What shows nothing: default-ignorable characters (fillers, variation selectors, joiners), the blank of Braille. */
export const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\u2800]/gu
/** Marks that every script takes, laid over what cannot hold them, or three on top of each other. */
const PILED_MARKS = /^\p{M}|[^\p{L}\p{M}]\p{M}|\p{Script=Inherited}{3}/u

export type NameFault = "invisible" | "scripts" | "marks"

/** Why nobody may take this name anew, or undefined. Accounts that have such a name keep it. @param name canonical */
export function faultOfNewName(name: string): NameFault | undefined {
  if (name.search(INVISIBLE) >= 0) return "invisible"
  if (PILED_MARKS.test(name)) return "marks"
  return written.some((pattern) => pattern.test(name)) ? undefined : "scripts"
}

/** Emoji of several code points, keycaps among them; what joins them shows nothing by itself. */
const EMOJI =
  /\p{Extended_Pictographic}(?:\ufe0f|\u200d|\p{Emoji_Modifier}|[\u{e0020}-\u{e007f}])*|[0-9#*]\ufe0f?\u20e3/gu
/** Joiners inside a word of a script that is spelled with them, such as Persian or Hindi. */
const SPELLED =
  /(?<=[\p{L}\p{M}])(?<![\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Inherited}])[\u200c\u200d](?=\p{L})/gu

/** What deceives in a name that is free text, as a room's: it may have emoji, and words of several languages.
 *  @param name one line */
export function faultOfFreeName(name: string): NameFault | undefined {
  const plain = name.normalize("NFC").replace(EMOJI, " ").replace(SPELLED, "")
  const fault = faultOfNewName(plain)
  if (fault !== "scripts") return fault
  return plain.split(/[^\p{L}\p{M}]+/u).some((word) => faultOfNewName(word) === "scripts") ? "scripts" : undefined
}
