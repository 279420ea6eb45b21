import type { ChatFactor } from "../certificate.js"

const words: Record<Exclude<ChatFactor, "password">, string> = {
  finger: "finger",
  scanner: "scanner",
  face: "face",
  passkey: "passkey",
  recovery: "recovery code",
}
const order = ["finger", "scanner", "face", "passkey", "recovery"] as const

/** How a person proved who they are when they signed in, for people: "finger + scanner", "face", "password only". */
export function verifiedWords(factors: readonly ChatFactor[]): string {
  const beyond = order.filter((factor) => factors.includes(factor))
  return beyond.length === 0 ? "password only" : beyond.map((factor) => words[factor]).join(" + ")
}

/** True where a body part was proved, not only something that can be passed on. */
export const isBiometric = (factors: readonly ChatFactor[]): boolean =>
  factors.includes("finger") || factors.includes("face")
