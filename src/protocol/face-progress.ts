import { code, f64, type UnionOf, u8, union, where, wordsOf } from "./codec.js"

/** The checks in the order in which they are told. */
export const FaceCheck = { integrity: 1, freshness: 2, liveness: 3, person: 4, face: 5 } as const
export type FaceCheck = (typeof FaceCheck)[keyof typeof FaceCheck]

/** What becomes of a face capture, told while the server judges it: how far the pictures are looked at, whatever is
 *  found in them, and after a pass each check with its value. docs/protocol.md section 13 */
const stages = {
  looked: [
    1,
    {
      /** Pictures looked at so far, at most `total`. */
      done: u8,
      /** At least 1. */
      total: u8,
    },
  ],
  check: [
    2,
    {
      check: code(FaceCheck),
      /** integrity: 1; freshness: age in ms, at most the threshold; the others: scores, at least the threshold. */
      value: f64,
      threshold: f64,
    },
  ],
} as const
export const FaceStage = wordsOf(stages)
export type FaceProgress = UnionOf<typeof stages, "stage">

export const faceProgress = where(
  union(stages, "stage"),
  (progress) => progress.stage !== "looked" || (progress.total >= 1 && progress.done <= progress.total),
  "a number of pictures out of at least one",
)
