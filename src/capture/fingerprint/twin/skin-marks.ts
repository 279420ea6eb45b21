import { Rng } from "@sourceprint/core/rng.js"
import type { FingerPlan } from "./finger-plan.js"
import { cos, exp, sin } from "./portable-math.js"
import { smoothNoise } from "./smooth-noise.js"

/** Lowers `relief` (width × height, see growRidges) where the skin of this finger has pores, creases and scars, and
 *  roughens it by `roughness`, the small irregularity of every ridge's edge. All of it belongs to the finger: it comes
 *  back in every impression. */
export function markSkin(relief: Float32Array, plan: FingerPlan, seed: number, width: number, height: number): void {
  const rng = new Rng(seed).fork(`finger/${plan.name}/marks`)
  poke(relief, width, height, plan.ridgePeriodPx, rng.fork("pores"))
  const fine = smoothNoise(rng.fork("fine"), width, height, 2.5)
  const coarse = smoothNoise(rng.fork("coarse"), width, height, 8)
  for (let i = 0; i < relief.length; i++) relief[i] += 0.14 * fine[i] + 0.1 * coarse[i]
  const lines = rng.fork("lines")
  const wornness = lines.float()
  const creases = Math.floor(9 * wornness * wornness * wornness + lines.float())
  for (let n = 0; n < creases; n++) {
    crease(relief, width, height, lines, {
      halfWidthPx: lines.between(0.8, 2),
      depth: lines.between(0.8, 1.8),
    })
  }
  if (lines.float() < 0.18) {
    crease(relief, width, height, lines, {
      halfWidthPx: lines.between(2, 3.6),
      depth: lines.between(1.6, 2.6),
    })
  }
}

/** Sweat pores sit on the crests, about one every 1.1 ridge periods along a ridge, 0.1-0.2 mm wide (Ashbaugh 1999); at
 *  500 dpi only a part of them shows. */
function poke(relief: Float32Array, width: number, height: number, periodPx: number, rng: Rng): void {
  const cell = Math.round(periodPx * 1.1)
  for (let top = 2; top + cell + 2 < height; top += cell) {
    for (let left = 2; left + cell + 2 < width; left += cell) {
      const open = rng.float()
      const depth = rng.between(0.35, 1.1)
      const sigmaPx = rng.between(0.6, 1.05)
      if (open > 0.6) continue
      const start = (top + rng.below(cell)) * width + left + rng.below(cell)
      const crest = climb(relief, width, start)
      if (relief[crest] < 0.5) continue
      for (let dy = -3; dy <= 3; dy++) {
        for (let dx = -3; dx <= 3; dx++) {
          const i = crest + dy * width + dx
          if (i >= 0 && i < relief.length) relief[i] -= depth * exp(-(dx * dx + dy * dy) / (2 * sigmaPx * sigmaPx))
        }
      }
    }
  }
}

/** Uphill from `start` to the crest beside it, half a ridge at most. */
function climb(relief: Float32Array, width: number, start: number): number {
  let at = start
  for (let step = 0; step < 5; step++) {
    let best = at
    for (const to of [at - width, at - 1, at + 1, at + width]) if (relief[to] > relief[best]) best = to
    if (best === at) break
    at = best
  }
  return at
}

/** A bent line without contact, thinner and thicker along its way, fading at both ends. */
function crease(
  relief: Float32Array,
  width: number,
  height: number,
  rng: Rng,
  { halfWidthPx, depth }: { halfWidthPx: number; depth: number },
): void {
  // Fine creases mostly run across the finger or slope; few run along it.
  let heading = rng.between(-0.9, 0.9) + (rng.float() < 0.2 ? Math.PI / 2 : 0)
  let x = width * rng.between(0.15, 0.7)
  let y = height * rng.between(0.15, 0.85)
  const lengthPx = rng.between(35, 150)
  let bend = rng.between(-0.004, 0.004)
  let swell = 1
  for (let s = 0; s < lengthPx; s++) {
    bend += rng.between(-0.002, 0.002)
    heading += bend
    swell = Math.min(1.5, Math.max(0.35, swell + rng.between(-0.14, 0.14)))
    x += cos(heading)
    y += sin(heading)
    const ends = Math.min(1, s / 12, (lengthPx - s) / 12)
    const half = halfWidthPx * swell
    const reach = Math.ceil(2.5 * half)
    for (let dy = -reach; dy <= reach; dy++) {
      for (let dx = -reach; dx <= reach; dx++) {
        const px = Math.floor(x) + dx
        const py = Math.floor(y) + dy
        if (px < 0 || py < 0 || px >= width || py >= height) continue
        const ox = px - x
        const oy = py - y
        // One step of the line adds a slice; about 2.5 half widths of slices overlap at each point.
        const slice = exp(-(ox * ox + oy * oy) / (2 * half * half)) / (2.5 * half)
        relief[py * width + px] = Math.max(-3, relief[py * width + px] - depth * ends * slice)
      }
    }
  }
}
