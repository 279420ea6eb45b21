import { randomInt } from "node:crypto"
import type { LivenessAction } from "@sourceprint/match/face/liveness/check-actions.js"
import { chooseActions } from "@sourceprint/match/face/liveness/choose-actions.js"
import { FaceAction } from "@sourceprint/protocol/face-action.js"
import { MessageType } from "@sourceprint/protocol/message.js"
import type { FaceChallengeMessage } from "@sourceprint/protocol/session-step.js"
import type { AuthDeps } from "../auth-deps.js"
import type { FaceContext } from "./face-checks.js"

/** What a face capture has to answer. */
export interface OutstandingFace {
  readonly outstanding: FaceContext["outstanding"]
  readonly actions: readonly LivenessAction[]
  readonly message: FaceChallengeMessage
}

/** A fresh challenge with random actions. @param remaining captures still allowed or needed, this one included */
export function newFaceChallenge({ clock, crypto, policy }: AuthDeps, remaining: number): OutstandingFace {
  const issuedAtMs = clock.nowMs()
  const challenge = crypto.randomBytes(32)
  const actions = chooseActions(policy.faceActions, policy.faceActionsAtATime, (below) => randomInt(below))
  return {
    outstanding: { challenge, issuedAtMs, expiresAtMs: issuedAtMs + policy.challengeMs },
    actions,
    message: {
      type: MessageType.faceChallenge,
      challenge,
      serverTimeMs: issuedAtMs,
      windowMs: policy.challengeMs,
      remaining,
      actions: actions.map((action) => FaceAction[action]),
    },
  }
}
