import { randomBytes } from "node:crypto"
import type { LivenessAction } from "@sourceprint/match/face/liveness/check-actions.js"
import type { ClientSession } from "@sourceprint/protocol/client-session.js"
import { faceActionOf } from "@sourceprint/protocol/face-action.js"
import type { FaceFrame } from "@sourceprint/protocol/face-bundle.js"
import type { FactorSet } from "@sourceprint/protocol/factor-set.js"
import { MessageType, Outcome } from "@sourceprint/protocol/message.js"
import type { SessionStep } from "@sourceprint/protocol/session-step.js"
import { quickStretching, type TestServer } from "./auth-server.js"

/** What stands before the camera: the frames it shows when asked for these actions, undefined where it cannot. */
export type FaceShow = (actions: readonly LivenessAction[]) => Promise<readonly FaceFrame[] | undefined>

export type FaceEnd = "passed" | "refused" | "cannot"

/** Shows a face until the decision, or until `captures` of it were not taken. "cannot": it was asked for what it has no
 *  pictures of, before anything was shown; after a capture that was not taken that counts as refused. */
export async function showFace(
  session: ClientSession,
  first: SessionStep,
  show: FaceShow,
  captures = Number.POSITIVE_INFINITY,
): Promise<FaceEnd> {
  let step = first
  for (let shown = 0; ; shown++) {
    if (shown >= captures && step.type !== MessageType.decision) return "refused"
    if (step.type === MessageType.decision) return step.outcome === Outcome.pass ? "passed" : "refused"
    if (step.type !== MessageType.faceChallenge) throw new Error(`message ${step.type} where a face was to be shown`)
    const frames = await show(step.actions.map(faceActionOf))
    if (frames === undefined) return shown === 0 ? "cannot" : "refused"
    const takenAtMs = Date.now() - (frames.at(-1)?.offsetMs ?? 0)
    const decision: SessionStep = await session.faceCapture(step, { frames, takenAtMs })
    if (decision.type === MessageType.busy) throw new Error("the test server is busy")
    step = decision.outcome === Outcome.retry ? await session.nextStep() : decision
  }
}

const byFace: FactorSet = ["password", "face"]

async function once(
  server: TestServer,
  start: (session: ClientSession) => Promise<SessionStep>,
  show: FaceShow,
  captures?: number,
): Promise<FaceEnd> {
  const session = await server.session()
  try {
    const answer = await start(session)
    const step = answer.type === MessageType.factors ? await session.chooseFactors(byFace) : answer
    return await showFace(session, step, show, captures)
  } finally {
    session.close()
  }
}

const MAX_CONNECTIONS = 60

/** Connects again and again until the challenge is one that the pictures at hand can answer. */
async function untilAble(attempt: () => Promise<FaceEnd>): Promise<FaceEnd> {
  for (let i = 0; i < MAX_CONNECTIONS; i++) {
    const end = await attempt()
    if (end !== "cannot") return end
  }
  return "cannot"
}

export const enrolFace = (server: TestServer, name: string, show: FaceShow): Promise<FaceEnd> =>
  untilAble(() => {
    const person = { name, password: `password of ${name}`, stretching: quickStretching }
    const more = { enrolmentId: new Uint8Array(randomBytes(32)), code: "", finger: "none" }
    return once(server, (session) => session.enrol({ ...person, ...more }), show)
  })

/** With the claimed person's password, whoever's face it is. */
export const signInByFace = (server: TestServer, name: string, show: FaceShow, captures?: number): Promise<FaceEnd> =>
  untilAble(() => {
    const person = { name, password: `password of ${name}`, stretching: quickStretching }
    return once(server, (session) => session.signIn(person), show, captures)
  })
