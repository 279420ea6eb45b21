import { Rng } from "@sourceprint/core/rng.js"
import type { FingerPlan } from "./finger-plan.js"
import { smoothNoise } from "./smooth-noise.js"

/** Distance between ridges over the master print, pixels at 500 dpi. Ridges are finer at the tip and coarser towards
 *  the joint and beside the deltas (Cappelli, Maio, Maltoni 2002), and waver by some percent everywhere.
 *  @returns width × height values, row-major */
export function ridgePeriod(plan: FingerPlan, seed: number, width: number, height: number): Float32Array {
  const rng = new Rng(seed).fork(`finger/${plan.name}/period`)
  const waver = smoothNoise(rng, width, height, 60)
  const waverShare = rng.between(0.04, 0.07)
  const towardsJoint = rng.between(0.06, 0.14)
  const periods = new Float32Array(width * height)
  for (let row = 0; row < height; row++) {
    const down = Math.min(1, Math.max(-1, (row - height / 2) / 180))
    for (let column = 0; column < width; column++) {
      const i = row * width + column
      const factor = 1 + waverShare * waver[i] + towardsJoint * down
      periods[i] = plan.ridgePeriodPx * Math.min(1.3, Math.max(0.78, factor))
    }
  }
  return periods
}
