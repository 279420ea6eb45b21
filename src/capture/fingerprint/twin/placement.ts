import type { Rng } from "@sourceprint/core/rng.js"
import type { FingerPlan } from "./finger-plan.js"
import { normal } from "./portable-math.js"

/** How a finger meets the platen in one touch. Lengths in pixels at 500 dpi. */
export interface Placement {
  /** Where the middle of the finger lands, from the middle of the window. */
  readonly shiftX: number
  readonly shiftY: number
  readonly rotationRad: number
  /** 0 (a brush) to 1 (as hard as people press). */
  readonly pressure: number
  /** -1 dry to +1 wet, of this touch. */
  readonly moisture: number
  /** Skin dragged along while the middle sticks (Cappelli, Maio, Maltoni 2001), and twisted. */
  readonly dragX: number
  readonly dragY: number
  readonly twistRad: number
  /** A flat cut of the contact, as when only the tip or a side is pressed: keeps x nx + y ny < distance. */
  readonly cut: { readonly nx: number; readonly ny: number; readonly distancePx: number } | undefined
  /** Length of a sideways slip while the image was taken, 0 for most. */
  readonly smudgePx: number
  readonly smudgeRad: number
}

const clip = (low: number, high: number, x: number): number => Math.min(high, Math.max(low, x))

/** Draws a touch as people who follow the instruction do: mostly centred and upright, sometimes badly placed. */
export function drawPlacement(plan: Pick<FingerPlan, "moisture">, rng: Rng): Placement {
  const careless = rng.float() < 0.12 ? 2 : 1
  const partial = rng.float() < 0.1
  const smudged = rng.float() < 0.08
  const cutTurn = rng.pick([
    [0, 1],
    [0, -1],
    [1, 0],
    [-1, 0],
  ] as const)
  return {
    shiftX: clip(-70, 70, careless * 11 * normal(rng)),
    shiftY: clip(-80, 80, careless * 15 * normal(rng)),
    rotationRad: clip(-0.6, 0.6, careless * 0.1 * normal(rng)),
    pressure: clip(0.05, 1, 0.55 + 0.18 * normal(rng)),
    moisture: clip(-1, 1, plan.moisture + 0.22 * normal(rng)),
    dragX: clip(-14, 14, 4 * normal(rng)),
    dragY: clip(-14, 14, 4.5 * normal(rng)),
    twistRad: clip(-0.12, 0.12, 0.03 * normal(rng)),
    cut: partial ? { nx: cutTurn[0], ny: cutTurn[1], distancePx: rng.between(20, 75) } : undefined,
    smudgePx: smudged ? rng.between(2, 6) : 0,
    smudgeRad: rng.between(0, Math.PI),
  }
}
