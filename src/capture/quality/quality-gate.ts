import type { CaptureQuality } from "./measure-quality.js"
import type { QualityLimits } from "./parameters.js"

export interface QualityReason {
  readonly measure: keyof CaptureQuality
  /** What the person at the desk should do, with the figure. */
  readonly text: string
}

const percent = (share: number): string => `${Math.round(share * 100)} %`

/** Why another touch is needed; empty when this one will do. */
export function qualityReasons(quality: CaptureQuality, limits: QualityLimits): QualityReason[] {
  const { coverage, contrast, sharpness, saturation, movement, similarity } = quality
  const checks: readonly (readonly [keyof CaptureQuality, boolean, string])[] = [
    [
      "similarity",
      similarity > limits.similarity,
      `the same picture as before (${percent(similarity)} alike): lift the finger fully and place it again`,
    ],
    [
      "coverage",
      coverage < limits.coverage,
      `too little of the finger (${percent(coverage)} of the window, ${percent(limits.coverage)} needed): ` +
        "place it in the middle, flat",
    ],
    [
      "contrast",
      contrast < limits.contrast,
      `faint ridges (contrast ${contrast.toFixed(0)}, ${limits.contrast} needed): press a little more, ` +
        "breathe on a dry finger, clean the glass",
    ],
    [
      "saturation",
      saturation > limits.saturation,
      `${percent(saturation)} of the print is plain black or white: press less, dry a wet finger`,
    ],
    ["sharpness", sharpness < limits.sharpness, `blurred (${sharpness.toFixed(2)}): hold still, clean the glass`],
    [
      "movement",
      movement > limits.movement,
      `it moved or slid (one direction lost ${percent(movement)} of its edges): hold still until told to lift`,
    ],
  ]
  return checks.filter(([, fails]) => fails).map(([measure, , text]) => ({ measure, text }))
}
