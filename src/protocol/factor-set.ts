import { choices, where } from "./codec.js"

/** What a person may prove, by its bit in a factor set. docs/protocol.md section 6 */
const bits = { password: 0x01, finger: 0x02, scanner: 0x04, face: 0x08, passkey: 0x10 } as const

export type Factor = keyof typeof bits
/** In the order of the bits, the password always among them. */
export type FactorSet = readonly Factor[]

export const encodeFactorSet = (set: FactorSet): number => set.reduce((sum, factor) => sum | bits[factor], 0)

const isSound = (set: FactorSet): boolean =>
  set.includes("password") && (!set.includes("scanner") || set.includes("finger"))
export const factorSet = where(choices(bits), isSound, "a set with the password, and a finger where a scanner is")

/** True when `chosen` is one of the ways, or several of them together. */
export function isUnionOfFactorPolicies(chosen: FactorSet, factorPolicies: readonly FactorSet[]): boolean {
  const wanted = encodeFactorSet(chosen)
  let covered = 0
  for (const factorPolicy of factorPolicies.map(encodeFactorSet))
    if ((factorPolicy & wanted) === factorPolicy) covered |= factorPolicy
  return covered !== 0 && covered === wanted
}
