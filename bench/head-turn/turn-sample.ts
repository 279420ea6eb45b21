import type { Point } from "@sourceprint/match/face/detect-face.js"

/** One turn: how the landmarks stood ahead and turned, normalised to the eyes. */
export interface TurnSample {
  /** Of the ORL faces; undefined where the landmarks themselves are simulated. */
  readonly person: number | undefined
  readonly living: boolean
  readonly kind: string
  readonly straight: readonly Point[]
  readonly turned: readonly Point[]
  /** Where the nose went. */
  readonly toward: 1 | -1
}

/** Nose tips that move by less are not taken for turns. */
const LEAST_SHIFT = 0.1

/** Undefined where the nose moved too little to be asked about. */
export function turnSample(
  of: Pick<TurnSample, "person" | "living" | "kind">,
  straight: readonly Point[],
  turned: readonly Point[],
  leastShift = LEAST_SHIFT,
): TurnSample | undefined {
  const shift = turned[30].x - straight[30].x
  if (Math.abs(shift) < leastShift) return undefined
  return { ...of, straight, turned, toward: shift > 0 ? 1 : -1 }
}
