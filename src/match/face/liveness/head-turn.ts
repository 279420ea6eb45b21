import { mirroredIndex } from "@sourceprint/core/image/mirror-landmarks.js"
import type { Point } from "../detect-face.js"
import { headDepth } from "./head-depth.js"
import { headTurnWeights } from "./head-turn-weights.js"
import { noseRelief } from "./nose-relief.js"

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i)

/** Parts of the face that go their own ways in a turn, by their points of 300-W, from the image's left to its right. */
const parts: readonly (readonly number[])[] = [
  [27, 28], // bridge of the nose
  [29, 30], // its tip
  range(31, 35), // its base
  [48, 51, 54, 57, 62, 66], // mouth
  [48, 60],
  [54, 64],
  [7, 8, 9], // chin
  [4, 5, 6], // jaw
  [10, 11, 12],
  range(0, 3), // cheeks
  range(13, 16),
  [17, 18, 19], // brows, outer and inner
  [20, 21],
  [22, 23],
  [24, 25, 26],
  [36], // corners of the eyes
  [39],
  [42],
  [45],
]

const mirrored = (points: readonly Point[]): readonly Point[] =>
  mirroredIndex.map((i) => ({ x: -points[i].x, y: points[i].y }))

/** What is weighed of a turn: the way of each part, x then y, in eye distances, the turn made one to the image's right;
 *  then the relief of the nose and the depth of the head (`nose-relief.ts`, `head-depth.ts`).
 *  @param straight @param turned normalised landmarks @param toward +1 where the nose went to the image's right, else
 *  -1 */
export function turnFeatures(straight: readonly Point[], turned: readonly Point[], toward: 1 | -1): readonly number[] {
  const [from, to] = toward === 1 ? [straight, turned] : [mirrored(straight), mirrored(turned)]
  const ways = parts.flatMap((part) => {
    const way = (axis: "x" | "y"): number => part.reduce((sum, i) => sum + to[i][axis] - from[i][axis], 0) / part.length
    return [way("x"), way("y")]
  })
  const { tip, tipOverBridge } = noseRelief(from, to, 1)
  return [...ways, tip, tipOverBridge, headDepth(from, to, 1)]
}

/** How much more a turn looks like a head's than like a picture's, however the picture is tilted, bent or folded: the
 *  logarithm of the odds that the features were weighed into. Parameters as `turnFeatures`. */
export function headTurn(straight: readonly Point[], turned: readonly Point[], toward: 1 | -1): number {
  const { offset, weights } = headTurnWeights
  return turnFeatures(straight, turned, toward).reduce((sum, value, i) => sum + value * weights[i], offset)
}
