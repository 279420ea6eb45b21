import { eyesOf } from "../align-face.js"
import type { FoundFace, Point } from "../detect-face.js"

/** Landmarks with the eyes' middles on (-0.5, 0) and (0.5, 0): place, size and roll of the face taken off. */
export function normalised(face: FoundFace): readonly Point[] {
  const [left, right] = eyesOf(face)
  const [cx, cy] = [(left.x + right.x) / 2, (left.y + right.y) / 2]
  const [ex, ey] = [right.x - left.x, right.y - left.y]
  const square = ex * ex + ey * ey
  return face.landmarks.map(({ x, y }) => ({
    x: ((x - cx) * ex + (y - cy) * ey) / square,
    y: ((y - cy) * ex - (x - cx) * ey) / square,
  }))
}

/** What liveness looks at in one frame. */
export interface FrameGeometry {
  /** 68 points of 300-W, normalised. */
  readonly points: readonly Point[]
  /** Nose tip off the middle of the eyes, in eye distances; positive to the image's right, which is the person's
   *  left. */
  readonly yaw: number
  readonly eyeDistancePx: number
  /** See `eye-darkness.ts`. */
  readonly eyeDarkness: number
}

export function frameGeometry(face: FoundFace, eyeDarkness: number): FrameGeometry {
  const points = normalised(face)
  const [left, right] = eyesOf(face)
  const eyeDistancePx = Math.hypot(right.x - left.x, right.y - left.y)
  return { points, yaw: points[30].x, eyeDistancePx, eyeDarkness }
}
