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
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\u2800]/u
/** Marks that every script takes, laid over what cannot hold them, or three on top of each other. */
const PILED_MARKS = /^\p{M}|[^\p{L}\p{M}]\p{M}|\p{Script=Inherited}{3}/u

/** Why nobody may take this name anew, or undefined. Accounts that have such a name keep it. @param name canonical */
export function faultOfNewName(name: string): "invisible" | "scripts" | "marks" | undefined {
  if (INVISIBLE.test(name)) return "invisible"
  if (PILED_MARKS.test(name)) return "marks"
  return written.some((pattern) => pattern.test(name)) ? undefined : "scripts"
}
