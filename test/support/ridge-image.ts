import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { Rng } from "@sourceprint/core/rng.js"

/** Ridges 9 px apart around a whorl-like centre, broken by phase jumps so that there are corners and endings; the same
 *  seed gives the same picture. No real finger and no twin: only something with ridges. */
export function ridgeImage(seed: number, width = 200, height = 220): GrayImage {
  const rng = new Rng(seed).fork("ridges")
  const [cx, cy, bend] = [width * rng.between(0.35, 0.65), height * rng.between(0.35, 0.65), rng.between(0.5, 1.5)]
  const spots = Array.from({ length: 25 }, () => ({
    x: rng.between(0, width),
    y: rng.between(0, height),
    turns: rng.pick([-1, 1]),
  }))
  const pixels = new Uint8Array(width * height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let phase = (2 * Math.PI * Math.hypot(x - cx, (y - cy) * bend)) / 9
      for (const spot of spots) phase += spot.turns * Math.atan2(y - spot.y, x - spot.x)
      pixels[y * width + x] = Math.round(128 + 90 * Math.cos(phase) + 8 * rng.normal())
    }
  }
  return { width, height, pixels, dpi: 500 }
}
