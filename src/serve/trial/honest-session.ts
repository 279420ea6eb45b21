import { AppError } from "@sourceprint/core/errors.js"
import { ClientSession } from "@sourceprint/protocol/client-session.js"
import type { FramePort } from "@sourceprint/protocol/frame-port.js"
import { MessageType, Outcome } from "@sourceprint/protocol/message.js"
import type { DecisionMessage } from "@sourceprint/protocol/session-step.js"
import type { AttackTarget } from "./attack.js"

/** A whole sign-in by the victim's own client over a port of the attacker's choice.
 *  @returns the last decision, or undefined when the client or the server broke it off */
export async function honestSession(
  target: AttackTarget,
  port: FramePort,
  image: Uint8Array,
): Promise<DecisionMessage | undefined> {
  const { victim, deps, stretching } = target
  const { name, password, device } = victim
  let session: ClientSession | undefined
  try {
    session = await ClientSession.open(deps, port)
    const answer = await session.signIn({ name, password, device, stretching })
    if (answer.type !== MessageType.challenge) return answer.type === MessageType.decision ? answer : undefined
    const decision = await session.capture(answer, device, { image, takenAtMs: deps.clock.nowMs() })
    return decision.type === MessageType.decision ? decision : undefined
  } catch (error) {
    if (error instanceof AppError && error.code.startsWith("protocol/")) return undefined
    throw error
  } finally {
    port.close()
  }
}

export const passed = (decision: DecisionMessage | undefined): boolean => decision?.outcome === Outcome.pass
