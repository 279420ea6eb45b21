import { faceEnrolment } from "./face-enrolment.js"
import { faceProof } from "./face-proof.js"
import type { FactorEnrolment, FactorProof } from "./factor-proof.js"
import { fingerEnrolment } from "./finger-enrolment.js"
import { fingerProof } from "./finger-proof.js"
import { passkeyProof } from "./passkey-proof.js"

/** What may be proven after the password, in the order in which it is asked for. */
export const factorProofs: readonly FactorProof[] = [fingerProof, faceProof, passkeyProof]

export const factorEnrolments: readonly FactorEnrolment[] = [fingerEnrolment, faceEnrolment]
