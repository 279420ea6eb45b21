import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { silentLog } from "@sourceprint/core/log.js"
import { Rng } from "@sourceprint/core/rng.js"
import { defaultFaceThresholds } from "@sourceprint/match/face/judge-face-capture.js"
import type { LivenessAction } from "@sourceprint/match/face/liveness/check-actions.js"
import type { FaceFrame } from "@sourceprint/protocol/face-bundle.js"
import { MessageType, Outcome } from "@sourceprint/protocol/message.js"
import { faceInspectionPool } from "@sourceprint/serve/server/auth/face/face-inspection-pool.js"
import { noLimits } from "@sourceprint/serve/trial/attack-context.js"
import { quickStretching, type TestServer, testServer, textInspector } from "../../support/auth-server.js"
import { acted, asFrames, type PosedPictures, posedPictures } from "../../support/face-frames.js"
import { enrolFace, type FaceShow, showFace, signInByFace } from "../../support/face-session.js"
import { sharedData, withoutData } from "../../support/shared-data.js"

const skip = withoutData("orl_faces")
const rng = new Rng("face sign-in")
let server: TestServer
let ada: PosedPictures
let eve: PosedPictures
before(async () => {
  const folder = sharedData("orl_faces")
  if (folder === undefined) return
  const faces = await faceInspectionPool(defaultFaceThresholds, 1, silentLog)
  const factorPolicies = [
    ["password", "finger", "scanner"],
    ["password", "face"],
  ] as const
  // Eve's one picture that looks left is hardly turned: asked for it she may be refused for that, and her face never
  // looked at.
  const faceActions = ["turnRight", "moveCloser"] as const
  server = await testServer({
    limitRules: noLimits,
    policy: { factorPolicies, faceActions },
    inspector: { ...textInspector, faces },
  })
  ada = await posedPictures(folder, 1)
  eve = await posedPictures(folder, 25)
})
after(async () => {
  await server?.deps.inspector.faces?.close()
  await server?.stop()
})

const alive =
  (who: PosedPictures): FaceShow =>
  async (actions) => {
    const images = await acted(who, actions, rng)
    return images && asFrames(images, rng)
  }
const lastReason = async () => (await server.reasons()).at(-1)

test("a face is enrolled alive and signs in alive; the session says so", { skip }, async () => {
  assert.equal(await enrolFace(server, "Ada", alive(ada)), "passed")
  assert.equal(await signInByFace(server, "Ada", alive(ada)), "passed")
  assert.equal(await lastReason(), "sign-in passed")
  const account = await server.deps.store.accountByName("ada")
  const templates = await server.deps.store.templates(account?.id ?? "")
  assert.deepEqual(
    templates.map(({ modality, matcherId }) => [modality, matcherId]),
    [["face", "embedding-v2"]],
  )
})

test("another face under the right password is refused after three captures", { skip }, async () => {
  assert.equal(await signInByFace(server, "Ada", alive(eve)), "refused")
  const last = (await server.reasons()).slice(-3)
  assert.ok(last.includes("sign-in face"), last.join())
  assert.ok(
    last.every((reason) => reason === "sign-in face" || reason === "sign-in liveness"),
    last.join(),
  )
})

test("a still picture and other actions than those asked for are refused", { skip }, async () => {
  const still: FaceShow = (actions) => asFrames(Array(2 * actions.length + 1).fill(ada.straight[0]), rng)
  assert.equal(await signInByFace(server, "Ada", still, 1), "refused")
  assert.equal(await lastReason(), "sign-in liveness")
  const wrong: FaceShow = (actions) => alive(ada)([...actions].reverse())
  assert.equal(await signInByFace(server, "Ada", wrong, 1), "refused")
  assert.equal(await lastReason(), "sign-in liveness")
})

test("pictures that were accepted are refused ever after, and so is one changed byte", { skip }, async () => {
  const seen = new Map<string, readonly FaceFrame[]>()
  const recorded: FaceShow = async (actions: readonly LivenessAction[]) => {
    const key = actions.join()
    const frames = seen.get(key) ?? (await alive(ada)(actions))
    if (frames !== undefined) seen.set(key, frames)
    return frames
  }
  assert.equal(await signInByFace(server, "Ada", recorded), "passed")
  let end = "passed"
  for (let i = 0; i < 12 && end === "passed"; i++) end = await signInByFace(server, "Ada", recorded)
  assert.equal(end, "refused")
  assert.equal(await lastReason(), "sign-in replay")

  const session = await server.session()
  const credentials = { name: "Ada", password: "password of Ada", stretching: quickStretching }
  await session.signIn(credentials)
  const challenge = await session.chooseFactors(["password", "face"])
  assert.equal(challenge.type, MessageType.faceChallenge)
  if (challenge.type !== MessageType.faceChallenge) return
  const frames = await asFrames([ada.straight[0]], rng)
  const late = await session.faceCapture(challenge, { frames, takenAtMs: Date.now() - 60_000 })
  assert.equal(late.type === MessageType.decision && late.outcome, Outcome.fail)
  assert.equal(await lastReason(), "sign-in freshness")
  session.close()
})

test("what an account has not enrolled cannot be chosen", { skip }, async () => {
  const session = await server.session()
  await session.signIn({ name: "Ada", password: "password of Ada", stretching: quickStretching })
  const all = ["password", "finger", "scanner", "face"] as const
  const answer = await session.chooseFactors(all)
  // Ada has no finger: what she has not enrolled is not offered.
  assert.equal(await showFace(session, answer, alive(ada)), "refused")
  assert.equal(await lastReason(), "sign-in factors")
  session.close()
})
