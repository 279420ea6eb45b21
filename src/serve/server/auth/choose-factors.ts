import { type FactorSet, isUnionOfFactorPolicies } from "@sourceprint/protocol/factor-set.js"
import { MessageType, Outcome } from "@sourceprint/protocol/message.js"
import type { StoredTemplate } from "../../store/store.js"
import type { AuthDeps } from "./auth-deps.js"
import type { Connection } from "./connection.js"
import type { Facts } from "./factor-proof.js"

export interface Choice {
  readonly chosen: FactorSet
  /** Of the last message so far, which a decision would answer. */
  readonly requestSha256: Uint8Array
}

/** The ways that an account has references for; all of them where it has none, so that the attempt ends in a proof. */
export function usableFactorPolicies(
  factorPolicies: readonly FactorSet[],
  templates: readonly StoredTemplate[],
): readonly FactorSet[] {
  const has = new Set<string>(["password", "scanner", ...templates.map((template) => template.modality)])
  const usable = factorPolicies.filter((factorPolicy) => factorPolicy.every((factor) => has.has(factor)))
  return usable.length === 0 ? factorPolicies : usable
}

/** What may be given at sign-up: a passkey is added later, by who has signed in. */
export const enrolmentFactorPolicies = (factorPolicies: readonly FactorSet[]): readonly FactorSet[] =>
  factorPolicies.filter((factorPolicy) => !factorPolicy.includes("passkey"))

/** Where the policy knows several ways the peer is told which there are and says which it takes. "refused": it named
 *  something else; "gone": it left. The audit log was told. @param before the choice, when there is none to make */
export async function chooseFactors(
  { policy, crypto, audit }: AuthDeps,
  { peer }: Connection,
  offered: readonly FactorSet[],
  before: Uint8Array,
  facts: Facts,
): Promise<Choice | "refused" | "gone"> {
  const [only, ...others] = policy.factorPolicies
  if (only !== undefined && others.length === 0) return { chosen: only, requestSha256: await crypto.sha256(before) }
  await peer.send({ type: MessageType.factors, ways: offered })
  const received = await peer.receive(["choice"], policy.challengeMs)
  if (typeof received === "string") {
    await audit.write(facts(received))
    return received === "size" || received === "decryption" ? "refused" : "gone"
  }
  const requestSha256 = await crypto.sha256(received.bytes)
  const { chosen } = received.message
  if (isUnionOfFactorPolicies(chosen, offered)) return { chosen, requestSha256 }
  await audit.write(facts("factors"))
  await peer.decide(Outcome.fail, requestSha256)
  return "refused"
}
