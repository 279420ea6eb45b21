import type { Point } from "../detect-face.js"

/** Points 51, 57 and 0-16 of 300-W: middle of the lips, jaw from the image's left to its right. */
const lips = [51, 57]
const leftCheek = 1
const rightCheek = 15

/** Nose shift of a head turned by 45°, in eye distances, as this landmark network sees it. */
const NOSE_DEPTH = 0.5
/** A cheek that comes into view by more than this counts as this. */
const MAX_CHEEK = 3.4
/** Between the two, on odd people of the ORL faces; what becomes of their sum is weighed in `head-turn.ts`. */
const CHEEK_WEIGHT = 0.18

/** How much a turn looks like a head's and not like a picture's, however the picture is bent: higher is more like a
 *  head. A head has sides: the cheek on the side that it turns away from comes into view by twice the way of the nose,
 *  where a picture has nothing to show. And a head becomes narrower by the cosine of its turn alone, where a picture
 *  has to be turned, bent or folded far to move its nose as much.
 *  @param straight @param turned normalised landmarks of two frames
 *  @param toward +1 where the nose went to the image's right, -1 to its left */
export function headDepth(straight: readonly Point[], turned: readonly Point[], toward: 1 | -1): number {
  const noseShift = Math.max(0.01, toward * (turned[30].x - straight[30].x))
  const cheek = toward === 1 ? leftCheek : rightCheek
  const intoView = Math.min(MAX_CHEEK, (toward * (straight[cheek].x - turned[cheek].x)) / noseShift)
  const heightOf = (points: readonly Point[]): number => lips.reduce((sum, i) => sum + points[i].y, 0)
  const narrowed = heightOf(turned) / Math.max(0.1, heightOf(straight))
  return CHEEK_WEIGHT * intoView - (narrowed - Math.hypot(1, noseShift / NOSE_DEPTH))
}
