import type { TouchSource } from "@sourceprint/capture/fingerprint/twin/touch.js"
import { seedOf } from "@sourceprint/core/rng.js"
import { ridgePattern } from "./ridge-pattern.js"

/** Touches of ridge patterns: quick, and no two alike. */
export const patternTouches: TouchSource = {
  width: 256,
  height: 288,
  dpi: 500,
  touch: ({ finger, unit, session, impression }) => {
    const nibbles = ridgePattern(
      seedOf(finger),
      ((impression % 9) - 4) * 4 + (seedOf(`${unit}/${session}`) % 5),
    )
    const pixels = nibbles.map((level) => level * 17)
    return { nibbles, image: { width: 256, height: 288, pixels }, coverage: 0.6 }
  },
  empty: () => {
    throw new RangeError("a pattern has no empty glass")
  },
}
