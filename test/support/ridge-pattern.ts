import { Rng } from "../../src/shared/rng.js"

/** A patch of ridges, one level (0-15) a pixel: a wave whose direction turns over the image, on a round contact area.
 *  Enough for wire and session tests; synthetic fingers are the twin's. Same seed and shift, same bytes. */
export function ridgePattern(seed: number, shiftPx = 0, width = 256, height = 288): Uint8Array {
  const rng = new Rng(seed)
  const turn = rng.between(-0.012, 0.012)
  const bend = rng.between(-0.006, 0.006)
  const angle = rng.between(0, Math.PI)
  const periodPx = rng.between(8, 10)
  const noise = new Rng(`${seed}/${shiftPx}`)
  const levels = new Uint8Array(width * height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const u = x - width / 2 + shiftPx
      const v = y - height / 2
      const phase =
        u * Math.cos(angle) + v * Math.sin(angle) + turn * u * v * 0.5 + bend * (u * u - v * v) * 0.5
      const inside = (u / (width * 0.42)) ** 2 + (v / (height * 0.45)) ** 2 < 1
      const value = inside ? 7.5 + 6 * Math.sin((2 * Math.PI * phase) / periodPx) + noise.between(-1, 1) : 15
      levels[y * width + x] = Math.max(0, Math.min(15, Math.round(value)))
    }
  }
  return levels
}
