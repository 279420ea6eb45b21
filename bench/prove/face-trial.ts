import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { silentLog } from "@sourceprint/core/log.js"
import type { Rng } from "@sourceprint/core/rng.js"
import { defaultFaceThresholds } from "@sourceprint/match/face/judge-face-capture.js"
import type { LivenessAction } from "@sourceprint/match/face/liveness/check-actions.js"
import type { FaceFrame } from "@sourceprint/protocol/face-bundle.js"
import { faceInspectionPool } from "@sourceprint/serve/server/auth/face/face-inspection-pool.js"
import { rulesWith } from "@sourceprint/serve/server/auth/limits.js"
import { type TestServer, testServer, textInspector } from "../../test/support/auth-server.js"
import { acted, asFrames, type PosedPictures, posedPictures } from "../../test/support/face-frames.js"
import { enrolFace, type FaceShow } from "../../test/support/face-session.js"
import { type Hold, heldPhoto } from "../../test/support/held-photo.js"

/** One person of the trial: half of the straight pictures is enrolled, the other half signs in; the turned ones serve
 *  both, since nothing is matched with them. */
export interface FacePerson {
  readonly name: string
  readonly enrolled: PosedPictures
  readonly probes: PosedPictures
}

export interface FaceTrial {
  readonly server: TestServer
  readonly people: readonly FacePerson[]
  readonly withoutTurn: number
  readonly notEnrolled: number
  stop(): Promise<void>
}

const half = (pictures: PosedPictures, odd: 0 | 1): PosedPictures => ({
  ...pictures,
  straight: pictures.straight.filter((_, i) => i % 2 === odd),
})

/** A server that takes password and face, and those of the people whose pictures show a turn of the head, enrolled
 *  through it. Blinks are left out: there is not one in these pictures. */
export async function startFaceTrial(folder: string, numbers: readonly number[], rng: Rng): Promise<FaceTrial> {
  const faces = await faceInspectionPool(defaultFaceThresholds, 1, silentLog)
  const many = 1_000_000
  const server = await testServer({
    policy: { factorPolicies: [["password", "face"]], faceActions: ["turnLeft", "turnRight", "moveCloser"] },
    inspector: { ...textInspector, faces },
    limitRules: rulesWith({ pair: many, stranger: many, device: many, address: many }),
  })
  const people: FacePerson[] = []
  let [withoutTurn, notEnrolled] = [0, 0]
  for (const number of numbers) {
    const pictures = await posedPictures(folder, number)
    const turned = pictures.turnLeft.length + pictures.turnRight.length
    if (turned === 0 || pictures.straight.length < 2) {
      withoutTurn++
      continue
    }
    const person = { name: `s${number}`, enrolled: half(pictures, 0), probes: half(pictures, 1) }
    if (await enrolled(server, person, rng)) people.push(person)
    else notEnrolled++
  }
  const stop = async (): Promise<void> => {
    await faces.close()
    await server.stop()
  }
  return { server, people, withoutTurn, notEnrolled, stop }
}

const ENROLMENTS = 3

async function enrolled(server: TestServer, { name, enrolled }: FacePerson, rng: Rng): Promise<boolean> {
  for (let i = 0; i < ENROLMENTS; i++) {
    if ((await enrolFace(server, name, alive(enrolled, rng))) === "passed") return true
  }
  return false
}

/** The person in front of the camera does what is asked. */
export const alive =
  (pictures: PosedPictures, rng: Rng): FaceShow =>
  async (actions) => {
    const images = await acted(pictures, actions, rng)
    return images && asFrames(images, rng)
  }

/** The right actions in the wrong order. */
export const wrongOrder =
  (pictures: PosedPictures, rng: Rng): FaceShow =>
  (actions) =>
    alive(pictures, rng)([...actions].reverse())

/** The very frames that were shown before for the same actions; `undefined` for others. */
export function recorder(show: FaceShow): { readonly show: FaceShow; readonly replay: FaceShow } {
  const kept = new Map<string, readonly FaceFrame[]>()
  return {
    show: async (actions) => {
      const frames = await show(actions)
      if (frames !== undefined) kept.set(actions.join(), frames)
      return frames
    },
    replay: (actions) => Promise.resolve(kept.get(actions.join())),
  }
}

const still = new WeakMap<GrayImage, GrayImage>()

/** A photograph held still, drawn once. */
function heldStill(photo: GrayImage): GrayImage {
  const seen = still.get(photo) ?? heldPhoto(photo, {})
  still.set(photo, seen)
  return seen
}

/** Photographs of the victim changed before the camera: a straight one, and one turned to the side that is asked. */
export const swapped =
  (pictures: PosedPictures, rng: Rng): FaceShow =>
  (actions) => {
    const photo = rng.pick(pictures.straight)
    const images = [heldStill(photo)]
    for (const action of actions) {
      const turned = action === "turnLeft" ? pictures.turnLeft : pictures.turnRight
      if (action === "moveCloser") images.push(heldPhoto(photo, { zoom: 1.3 }))
      else if (turned.length === 0) return Promise.resolve(undefined)
      else images.push(heldStill(rng.pick(turned)))
      images.push(heldStill(photo))
    }
    return asFrames(images, rng)
  }

const towardOf: Readonly<Record<LivenessAction, number>> = {
  turnLeft: 1,
  turnRight: -1,
  blink: 0,
  moveCloser: 0,
}

/** A photograph before the camera: held still for a straight look, closer when asked, and tricked where a turn is
 *  asked. */
export const photograph =
  (photo: GrayImage, trick: (toward: number, rng: Rng) => Hold, rng: Rng): FaceShow =>
  (actions) => {
    const rest = heldStill(photo)
    const images = [rest]
    for (const action of actions) {
      const done =
        action === "moveCloser" ? heldPhoto(photo, { zoom: 1.3 }) : heldPhoto(photo, trick(towardOf[action], rng))
      images.push(done, rest)
    }
    return asFrames(images, rng)
  }
