import { openSession } from "../session/open-session.js"
import type { ProofStage } from "./proof-scene.js"
import { type ProofEnd, proveFactors } from "./prove-factors.js"

export interface NewPerson {
  readonly name: string
  readonly password: string
  /** Empty where the server asks for none. */
  readonly code: string
  /** This browser's name for the attempt, 32 bytes: after a lost answer the same one asks how it ended. */
  readonly enrolmentId: Uint8Array
  /** Which finger is enrolled, where one is: "right-index". */
  readonly finger: string
}

/** Runs an enrolment through the scenes of `stage`. @throws AppError as `openSession` */
export async function runSignUp(person: NewPerson, stage: ProofStage): Promise<ProofEnd> {
  stage.working("Connecting…")
  const session = await openSession(() => stage.lost())
  stage.signal.addEventListener("abort", () => session.close(), { once: true })
  if (stage.signal.aborted) session.close()
  try {
    stage.working("Preparing the password…")
    const ended = await proveFactors(session, () => session.enrol(person), stage)
    await stage.settled()
    return ended
  } finally {
    session.close()
  }
}
