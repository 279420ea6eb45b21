import { defined } from "@sourceprint/core/defined.js"
/** A face as the detector sees it in one frame; pixels of that frame, not mirrored. */
export interface FaceSight {
  readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number }
  /** The detector's, in [0, 1]. */
  readonly score: number
  /** 68 points in the order of 300-W: x, y, x, y … */
  readonly landmarks: Float32Array
}

/** One look at a frame. */
export interface Look {
  readonly faces: readonly FaceSight[]
  /** More than one person is in the frame; some of them may be missing in `faces`. */
  readonly several: boolean
  /** Of the largest face: mean grey in [0, 255], smaller by larger of its halves' means in [0, 1], mean absolute
   *  Laplacian in grey levels. Undefined without a face. */
  readonly light: { readonly mean: number; readonly balance: number; readonly detail: number } | undefined
}

export interface Point {
  readonly x: number
  readonly y: number
}

export const pointOf = ({ landmarks }: FaceSight, index: number): Point => ({
  x: defined(landmarks[2 * index]),
  y: defined(landmarks[2 * index + 1]),
})

const middle = (face: FaceSight, from: number, count: number): Point => {
  let [x, y] = [0, 0]
  for (let i = from; i < from + count; i++) {
    const point = pointOf(face, i)
    x += point.x / count
    y += point.y / count
  }
  return { x, y }
}

const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y)

/** Centres of the eyes in the picture: points 36-41 and 42-47. */
export const eyesOf = (face: FaceSight): readonly [Point, Point] => [middle(face, 36, 6), middle(face, 42, 6)]

export const eyeDistancePx = (face: FaceSight): number => distance(...eyesOf(face))

/** How far the nose tip (point 30) is from the middle of the eyes, along their line, in eye distances: positive to the
 *  picture's right, which is the person's own left. */
export function turnOf(face: FaceSight): number {
  const [left, right] = eyesOf(face)
  const nose = pointOf(face, 30)
  const [ex, ey] = [right.x - left.x, right.y - left.y]
  const along = (nose.x - (left.x + right.x) / 2) * ex + (nose.y - (left.y + right.y) / 2) * ey
  return along / (ex * ex + ey * ey)
}
