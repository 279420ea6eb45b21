import type { ImpressionSource } from "@sourceprint/capture/fingerprint/twin/impression.js"
import { seedOf } from "@sourceprint/core/rng.js"
import { ridgePattern } from "./ridge-pattern.js"

/** Impressions of ridge patterns of a size: quick, and no two alike. */
export const patternTouchesOf = (width: number, height: number, dpi: number): ImpressionSource => ({
  width,
  height,
  dpi,
  impression: ({ finger, unit, session, impression }) => {
    const nibbles = ridgePattern(
      seedOf(finger),
      ((impression % 9) - 4) * 4 + (seedOf(`${unit}/${session}`) % 5),
      width,
      height,
    )
    return { nibbles, image: { width, height, pixels: nibbles.map((level) => level * 17) }, coverage: 0.6 }
  },
  empty: () => {
    throw new RangeError("a pattern has no empty platen")
  },
})

export const patternTouches = patternTouchesOf(256, 288, 500)
