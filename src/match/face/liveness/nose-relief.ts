import type { Point } from "../detect-face.js"
import { fitHomography, fitQuadratic, type PointMap } from "./surface-map.js"

/** Jaw, brows and eyes of 300-W: the surface that a nose stands out of. The mouth moves by itself. */
const surface = [...Array.from({ length: 27 }, (_, i) => i), ...Array.from({ length: 12 }, (_, i) => 36 + i)]
const tip = [29, 30, 33]
const bridge = 27

/** How far the nose led the turn, in eye distances; about 0 for a flat picture however it is held. */
export interface NoseRelief {
  /** Nose tip against where the surface takes it: the smaller of a plane's and a smooth surface's answer. */
  readonly tip: number
  readonly tipOverBridge: number
}

/** @param straight @param turned normalised landmarks of two frames
 *  @param toward +1 where the nose went to the image's right, -1 to its left */
export function noseRelief(straight: readonly Point[], turned: readonly Point[], toward: 1 | -1): NoseRelief {
  const from = surface.map((i) => straight[i])
  const to = surface.map((i) => turned[i])
  const reliefs = [fitHomography, fitQuadratic].map((fit) => reliefUnder(fit(from, to), straight, turned, toward))
  return {
    tip: Math.min(...reliefs.map((relief) => relief.tip)),
    tipOverBridge: Math.min(...reliefs.map((relief) => relief.tipOverBridge)),
  }
}

function reliefUnder(
  map: PointMap | undefined,
  straight: readonly Point[],
  turned: readonly Point[],
  toward: number,
): NoseRelief {
  if (map === undefined) return { tip: 0, tipOverBridge: 0 }
  const lead = (i: number): number => toward * (turned[i].x - map(straight[i]).x)
  const tipLead = tip.reduce((sum, i) => sum + lead(i), 0) / tip.length
  return { tip: tipLead, tipOverBridge: tipLead - lead(bridge) }
}
