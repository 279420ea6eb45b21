import { systemClock } from "@sourceprint/core/clock.js"
import type { Rng } from "@sourceprint/core/rng.js"
import type { LivenessAction } from "@sourceprint/match/face/liveness/check-actions.js"
import { ClientSession } from "@sourceprint/protocol/client-session.js"
import type { FaceFrame } from "@sourceprint/protocol/face-bundle.js"
import { MessageType } from "@sourceprint/protocol/message.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import sharp from "sharp"
import { type FaceEnd, showFace } from "../../../test/support/face-session.js"
import { filmFrame, type Shot } from "../../../test/support/fake-camera.js"
import type { PageContext } from "./page-context.js"
import { PASSWORD } from "./person-at-page.js"

/** What stands before the camera for a look ahead and for each action. */
export type Staging = (pose: LivenessAction | "ahead") => Shot

const FRAMES_EACH = 2
const EVERY_MS = 250
/** As the page sends them. */
const SENT = { widthPx: 480, heightPx: 360, quality: 82 } as const

async function filmed(staging: Staging, actions: readonly LivenessAction[], rng: Rng): Promise<FaceFrame[]> {
  const poses = ["ahead" as const, ...actions.flatMap((action) => [action, "ahead" as const])]
  const frames: FaceFrame[] = []
  for (const pose of poses) {
    for (let i = 0; i < FRAMES_EACH; i++) {
      const { width, height, pixels } = filmFrame(staging(pose), rng)
      const raw = sharp(pixels, { raw: { width, height, channels: 1 } })
      const { widthPx, heightPx, quality } = SENT
      const image = new Uint8Array(await raw.resize(widthPx, heightPx).jpeg({ quality }).toBuffer())
      frames.push({ offsetMs: frames.length * EVERY_MS, image })
    }
  }
  return frames
}

/** Signs in with the right password by the protocol that the page speaks, but sends frames that the page's guide would
 *  wait over: what then refuses is the server. @returns the end, and the reasons that the audit log has of it */
export async function insistAt(
  context: PageContext,
  name: string,
  staging: Staging,
  rng: Rng,
): Promise<{ readonly end: FaceEnd; readonly reasons: readonly string[] }> {
  const events = async (): Promise<readonly string[]> =>
    (await context.store.auditAfter(0, 10_000)).filter(({ event }) => event === "sign-in").map(({ reason }) => reason)
  const before = (await events()).length
  const deps = { crypto: webCrypto, clock: systemClock, trusts: () => true }
  const session = await ClientSession.open(deps, await context.connect())
  try {
    const answer = await session.signIn({ name, password: PASSWORD })
    const first = answer.type === MessageType.factors ? await session.chooseFactors(["password", "face"]) : answer
    const end = await showFace(session, first, (actions) => filmed(staging, actions, rng))
    return { end, reasons: (await events()).slice(before) }
  } finally {
    session.close()
  }
}
