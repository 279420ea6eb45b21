import type { Factor, FactorSet } from "@sourceprint/protocol/factor-set.js"

const words: Record<Factor, string> = {
  password: "your password",
  finger: "your finger",
  scanner: "the scanner you enrolled with",
  face: "your face",
  passkey: "a passkey",
}

/** What a way asks beside the password, which is asked always. */
const besidePassword = (factorPolicy: FactorSet): FactorSet => factorPolicy.filter((factor) => factor !== "password")

/** "your finger and the scanner you enrolled with" */
export function factorPolicyWords(factorPolicy: FactorSet): string {
  const parts = besidePassword(factorPolicy).map((factor) => words[factor])
  const last = parts.pop()
  if (last === undefined) return "your password alone"
  return parts.length === 0 ? last : `${parts.join(", ")} and ${last}`
}

/** A short name of a way: by what the person does. */
export function factorPolicyTitle(factorPolicy: FactorSet): string {
  const done = besidePassword(factorPolicy).filter((factor) => factor !== "scanner")
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
