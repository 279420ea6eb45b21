import { defined } from "@sourceprint/core/defined.js"
import { eyesOf, type FaceSight, type Point } from "./face-sight.js"
import { greyAt } from "./grey-at.js"

/** Radii of the patches, and how far below an eye the cheek is, in distances between the eyes. */
const HALF_WIDTH = 0.16
const HALF_HEIGHT = 0.08
const CHEEK_BELOW = 0.31
const STEPS = 12

/** How much darker the dark tenth of both eyes (pupil, iris, lashes) is than the cheek below: 0 as bright, 1 black. It
 *  falls when the lids close, which the landmarks hardly show. @param rgba the frame that the face was found in */
export function eyeDarkness(rgba: Uint8ClampedArray, widthPx: number, heightPx: number, face: FaceSight): number {
  const [left, right] = eyesOf(face)
  const [ex, ey] = [right.x - left.x, right.y - left.y]
  const greyNear = (x: number, y: number): number => {
    const column = Math.min(widthPx - 1, Math.max(0, Math.round(x)))
    return greyAt(rgba, Math.min(heightPx - 1, Math.max(0, Math.round(y))) * widthPx + column)
  }
  /** Greys of an ellipse that is turned as the face is; `below` the eye along the face. */
  const patch = (centre: Point, below: number): number[] => {
    const greys: number[] = []
    for (let i = -STEPS; i <= STEPS; i++) {
      for (let k = -STEPS; k <= STEPS; k++) {
        if (i * i + k * k > STEPS * STEPS) continue
        const along = (HALF_WIDTH * i) / STEPS
        const down = below + (HALF_HEIGHT * k) / STEPS
        greys.push(greyNear(centre.x + along * ex - down * ey, centre.y + along * ey + down * ex))
      }
    }
    return greys
  }
  const darknessAt = (centre: Point): number => {
    const eye = patch(centre, 0).sort((a, b) => a - b)
    const cheek = patch(centre, CHEEK_BELOW)
    const skin = cheek.reduce((sum, grey) => sum + grey, 0) / cheek.length
    return 1 - defined(eye[Math.floor(eye.length / 10)]) / Math.max(1, skin)
  }
  return (darknessAt(left) + darknessAt(right)) / 2
}
