import type { Factor, FactorSet } from "@sourceprint/protocol/factor-set.js"
import type { Account, StoredTemplate } from "../../store/store.js"
import type { AuditFacts } from "./audit-writer.js"
import type { AuthDeps } from "./auth-deps.js"
import type { ClientClaim, Connection } from "./connection.js"
import type { CountedTries } from "./counted-tries.js"
import type { Reason } from "./reason.js"

export type Facts = (reason: Reason, more?: Partial<AuditFacts>) => AuditFacts

/** A sign-in whose password is proven. */
export interface SignInContext {
  readonly connection: Connection
  readonly claim: ClientClaim
  readonly account: Account
  /** Where the account has signed in before in this browser. */
  readonly browserId?: string | undefined
  /** All templates of the account, sealed. */
  readonly templates: readonly StoredTemplate[]
  /** What this sign-in has to prove. */
  readonly chosen: FactorSet
  readonly facts: Facts
  /** Told of every capture and answer, when it is judged. */
  readonly tries: CountedTries
}

/** What a proof leaves to be stored in one transaction, should all proofs hold. */
export interface Proven {
  readonly factors: readonly (Factor | "recovery")[]
  /** Keyed digests of the images that proved it; none may pass again. */
  readonly imageDigests: readonly string[]
  readonly detail: NonNullable<AuditFacts["detail"]>
  /** Of the message that proved it, which the next decision answers. */
  readonly requestSha256: Uint8Array
  /** The device that took part, where it is not the peer's own. */
  readonly deviceId?: string
  /** The recovery code that took the factors' place. */
  readonly recoveryHash?: string
}

/** One factor of a sign-in: asks, judges, asks again while tries remain. "refused": peer and audit log were told why
 *  (the peer only that). "gone": the peer left or was too late, which says nothing about the person. */
export interface FactorProof {
  readonly factor: Factor
  prove(deps: AuthDeps, context: SignInContext): Promise<Proven | "refused" | "gone">
}

export interface EnrolContext {
  readonly connection: Connection
  readonly claim: ClientClaim
  readonly accountId: string
  /** Canonical, as it will be shown. */
  readonly name: string
  /** Which finger it will be, where fingers are given. */
  readonly finger: string
  readonly chosen: FactorSet
  readonly facts: Facts
}

export interface Gathered {
  readonly templates: readonly StoredTemplate[]
  readonly imageDigests: readonly string[]
  /** Of the last message, which the next decision answers. */
  readonly requestSha256: Uint8Array
}

/** One factor of an enrolment: gathers templates; undefined when peer and audit log were told that it failed. */
export interface FactorEnrolment {
  readonly factor: Factor
  gather(deps: AuthDeps, context: EnrolContext): Promise<Gathered | undefined>
}
