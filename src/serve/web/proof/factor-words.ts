import type { Factor, FactorSet } from "@sourceprint/protocol/factor-set.js"

const words: Record<Factor, string> = {
  password: "your password",
  finger: "your finger",
  scanner: "the scanner you enrolled with",
  face: "your face",
  passkey: "a passkey",
}

/** What a way asks beside the password, which is asked always. */
const besidePassword = (way: FactorSet): FactorSet => way.filter((factor) => factor !== "password")

/** "your finger and the scanner you enrolled with" */
export function wayWords(way: FactorSet): string {
  const parts = besidePassword(way).map((factor) => words[factor])
  const last = parts.pop()
  if (last === undefined) return "your password alone"
  return parts.length === 0 ? last : `${parts.join(", ")} and ${last}`
}

/** A short name of a way: by what the person does. */
export function wayTitle(way: FactorSet): string {
  const done = besidePassword(way).filter((factor) => factor !== "scanner")
  if (done.length === 0) return "Password alone"
  const titles: Record<Factor, string> = {
    password: "Password",
    finger: "Finger",
    scanner: "Scanner",
    face: "Face",
    passkey: "Passkey",
  }
  return done.map((factor) => titles[factor]).join(" and ")
}
