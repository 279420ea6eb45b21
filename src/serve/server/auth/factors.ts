import { faceEnrolment } from "./face/face-enrolment.js"
import { faceProof } from "./face/face-proof.js"
import type { FactorEnrolment, FactorProof } from "./factor-proof.js"
import { fingerEnrolment } from "./finger/finger-enrolment.js"
import { fingerProof } from "./finger/finger-proof.js"
import { passkeyProof } from "./passkey/passkey-proof.js"

/** What may be proven after the password, in the order in which it is asked for. */
export const factorProofs: readonly FactorProof[] = [fingerProof, faceProof, passkeyProof]

export const factorEnrolments: readonly FactorEnrolment[] = [fingerEnrolment, faceEnrolment]
