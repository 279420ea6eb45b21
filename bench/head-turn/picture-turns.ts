import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { decodeImage } from "@sourceprint/core/image/read-image.js"
import type { Rng } from "@sourceprint/core/rng.js"
import { alignFace } from "@sourceprint/match/face/align-face.js"
import type { Point } from "@sourceprint/match/face/detect-face.js"
import { faceQuality } from "@sourceprint/match/face/face-quality.js"
import { findFace } from "@sourceprint/match/face/find-face.js"
import { normalised } from "@sourceprint/match/face/liveness/frame-geometry.js"
import { livenessParameters } from "@sourceprint/match/face/liveness/parameters.js"
import { FailureToEnrol } from "@sourceprint/match/matcher.js"
import { asJpeg, posedPictures, seenFrom, takenAgain } from "../../test/support/face-frames.js"
import { heldPhoto, photoTricks } from "../../test/support/held-photo.js"
import { type TurnSample, turnSample } from "./turn-sample.js"

/** Shown still, or only moved in its plane: no landmark turns. */
const unturned = new Set(["still", "shifted", "scaled", "rotated"])
const HOLDS = 3
const TAKES = 3
/** Living turns count from a little below what the server asks. */
const LIVING_SHIFT = 0.09

/** As a camera's picture reaches the server; undefined where it would not count. */
async function landmarks(picture: GrayImage, rng: Rng): Promise<readonly Point[] | undefined> {
  const { image } = await decodeImage(await asJpeg(takenAgain(picture, rng)), "the frame")
  try {
    const face = await findFace(image)
    const { size, sharpness, light } = faceQuality(face, alignFace(image, face))
    const quality = 100 * (size * sharpness * light) ** (1 / 3)
    return quality >= livenessParameters.minQuality ? normalised(face) : undefined
  } catch (error) {
    if (!(error instanceof FailureToEnrol)) throw error
    return undefined
  }
}

const between = (a: readonly Point[], b: readonly Point[]): readonly Point[] =>
  a.map((p, i) => ({ x: (p.x + b[i].x) / 2, y: (p.y + b[i].y) / 2 }))

/** Real turns of a person's pictures against pairs of their straight ones, and simulated photographs of the straight
 *  ones, tilted, bent and folded. @param folder orl_faces */
export async function pictureTurns(folder: string, person: number, rng: Rng): Promise<TurnSample[]> {
  const posed = await posedPictures(folder, person)
  const samples: (TurnSample | undefined)[] = []
  const ahead: (readonly Point[])[] = []
  for (const picture of posed.straight) {
    const seen = await landmarks(seenFrom(picture), rng)
    if (seen !== undefined) ahead.push(seen)
  }
  for (const picture of [...posed.turnLeft, ...posed.turnRight]) {
    for (let take = 0; take < TAKES && ahead.length > 0; take++) {
      const turned = await landmarks(seenFrom(picture), rng)
      const straight = between(rng.pick(ahead), rng.pick(ahead))
      if (turned === undefined) continue
      samples.push(turnSample({ person, living: true, kind: "living" }, straight, turned, LIVING_SHIFT))
    }
  }
  for (const [kind, trick] of Object.entries(photoTricks)) {
    if (unturned.has(kind)) continue
    for (let i = 0; i < 2 * HOLDS; i++) {
      const photo = rng.pick(posed.straight)
      const rest = await landmarks(heldPhoto(photo, {}), rng)
      const turned = await landmarks(heldPhoto(photo, trick(i % 2 === 0 ? 1 : -1, rng)), rng)
      if (rest === undefined || turned === undefined) continue
      samples.push(turnSample({ person, living: false, kind }, rest, turned))
    }
  }
  return samples.filter((sample) => sample !== undefined)
}
