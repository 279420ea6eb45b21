import { Rng } from "@sourceprint/core/rng.js"
import { type FingerPlan, type PatternClass, planFinger } from "./finger-plan.js"
import { growRidges } from "./ridge-growth.js"
import { ridgeOrientation } from "./ridge-orientation.js"
import { ridgePeriod } from "./ridge-period.js"
import { markSkin } from "./skin-marks.js"

/** Pixels at 500 dpi: 19.5 × 24.4 mm of skin, more than any press shows and than the window of the scanner sees. */
const MASTER_WIDTH_PX = 384
const MASTER_HEIGHT_PX = 480

/** Passes of growth and seeds to grow from, chosen by eye and by the count of minutiae: fewer seeds leave bare skin
 *  after this many passes, more of them fill the print with short ridges (test/capture/fingerprint/twin). */
const PASSES = 30
const SEEDS = 120

/** Height of what curves away beside the skin: no press brings it to the platen. */
const OUT_OF_REACH = -3

/** A synthetic finger: the master print every impression is a view of. Simulated. */
export interface Finger {
  readonly plan: FingerPlan
  readonly width: number
  readonly height: number
  /** Height of the skin, width × height, row-major, 500 dpi: about +1 on crests, -1 in valleys, down to -3 in creases
   *  and where no press reaches. */
  readonly relief: Float32Array
}

/** The finger called `name` in the world `seed`: same seed and name, same bytes, on every machine. Half a second. */
export function growFinger(seed: number, name: string, pattern?: PatternClass): Finger {
  const plan = planFinger(seed, name, pattern)
  const width = MASTER_WIDTH_PX
  const height = MASTER_HEIGHT_PX
  const inside = skinOutline(plan, width, height)
  const relief = growRidges(
    ridgeOrientation(plan, seed, width, height),
    ridgePeriod(plan, seed, width, height),
    inside,
    width,
    height,
    { rng: new Rng(seed).fork(`finger/${name}/growth`), passes: PASSES, seeds: SEEDS },
  )
  markSkin(relief, plan, seed, width, height)
  for (let i = 0; i < relief.length; i++) if (inside[i] === 0) relief[i] = OUT_OF_REACH
  return { plan, width, height, relief }
}

/** 1 where skin can ever touch, with a margin for rolling and stretch. */
function skinOutline(plan: FingerPlan, width: number, height: number): Uint8Array {
  const inside = new Uint8Array(width * height)
  const marginPx = 16
  for (let y = 0; y < height; y++) {
    const v = (y - height / 2) / (plan.halfHeightPx + marginPx)
    for (let x = 0; x < width; x++) {
      const u = (x - width / 2) / (plan.halfWidthPx + marginPx)
      if (u * u + v * v < 1) inside[y * width + x] = 1
    }
  }
  return inside
}
