export interface PasswordStrength {
  /** 0 (guessed at once) to 4. */
  readonly level: 0 | 1 | 2 | 3 | 4
  readonly words: string
}

export const MIN_PASSWORD_LENGTH = 8

/** What people choose most; also as a part of a longer password it counts as one letter. */
const COMMON = new RegExp(
  "password|passwort|qwert[yz]?|asdf|letmein|welcome|admin|iloveyou|dragon|monkey|football|abc123|secret|" +
    "sourceprint|fingerprint",
  "g",
)

/** Bits that a guesser who knows the habits would need, roughly: letters that follow from the one before (equal, or
 *  next in the alphabet or among the digits) and common words count once. A hint, not a measure: it never says
 *  "safe". */
function guessBits(password: string, name: string): number {
  const lower = password.toLowerCase()
  const parts = name
    .toLowerCase()
    .split(/\s+/)
    .filter((part) => part.length > 2)
  const bare = parts.reduce((text, part) => text.replaceAll(part, "\u0000"), lower).replace(COMMON, "\u0000")
  const points = [...bare].map((letter) => letter.codePointAt(0) ?? 0)
  const free = points.filter((point, i) => Math.abs(point - (points[i - 1] ?? Infinity)) > 1).length
  const pool =
    (/[a-z]/.test(password) ? 26 : 0) +
    (/[A-Z]/.test(password) ? 26 : 0) +
    (/[0-9]/.test(password) ? 10 : 0) +
    (/[^a-zA-Z0-9]/.test(password) ? 33 : 0)
  return free * Math.log2(Math.max(pool, 2))
}

/** How a password looks to somebody who guesses. `name` is whose it is. */
export function passwordStrength(password: string, name: string): PasswordStrength {
  if (password === "") return { level: 0, words: "Four or five words that nobody would expect together are good." }
  if ([...password].length < MIN_PASSWORD_LENGTH)
    return { level: 0, words: `Too short: at least ${MIN_PASSWORD_LENGTH} characters.` }
  const bits = guessBits(password, name)
  if (bits < 35) return { level: 1, words: "Easily guessed: add words, avoid your name and runs like 1234." }
  if (bits < 55) return { level: 2, words: "Fair. A few more characters make it much harder to guess." }
  if (bits < 75) return { level: 3, words: "Good." }
  return { level: 4, words: "Very good." }
}
