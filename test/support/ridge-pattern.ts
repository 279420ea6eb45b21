import { Rng } from "@sourceprint/core/rng.js"

/** A patch of ridges, one level (0-15) a pixel: bent circles around an off-centre core, on a round contact area.
 *  Enough for wire and session tests; synthetic fingers are the twin's. Same seed and shift, same bytes. */
export function ridgePattern(seed: number, shiftPx = 0, width = 256, height = 288): Uint8Array {
  const rng = new Rng(seed)
  const [coreX, coreY] = [rng.between(-60, 60), rng.between(-60, 60)]
  const bend = rng.between(-0.004, 0.004)
  const wave = rng.between(3, 6)
  const turn = rng.between(0.02, 0.05)
  const periodPx = rng.between(8, 10)
  const noise = new Rng(`${seed}/${shiftPx}`)
  const levels = new Uint8Array(width * height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const u = x - width / 2 + shiftPx
      const v = y - height / 2
      const phase = Math.hypot(u - coreX, v - coreY) + bend * u * v + wave * Math.sin(turn * (u + 2 * v))
      const inside = (u / (width * 0.42)) ** 2 + (v / (height * 0.45)) ** 2 < 1
      const value = inside ? 7.5 + 6 * Math.sin((2 * Math.PI * phase) / periodPx) + noise.between(-1, 1) : 15
      levels[y * width + x] = Math.max(0, Math.min(15, Math.round(value)))
    }
  }
  return levels
}
