import { type GrayImage, grayImage } from "@sourceprint/core/image/gray-image.js"
import { Rng } from "@sourceprint/core/rng.js"

export interface SyntheticPrint {
  readonly width?: number
  readonly height?: number
  readonly minutiae?: number
  /** Turn in radians and shift in pixels of the finger on the sensor. */
  readonly turnRad?: number
  readonly dx?: number
  readonly dy?: number
  readonly noise?: number
  readonly periodPx?: number
}

/** A simulated print: ridges are the level lines of a phase, rings around a centre plus one spiral a minutia (the AM-FM
 *  model of Larkin and Fletcher 2007), so that every minutia lies where it was put. The seed is the finger. */
export function syntheticPrint(seed: string, options: SyntheticPrint = {}): GrayImage {
  const { width = 300, height = 320, minutiae = 34, turnRad = 0, dx = 0, dy = 0, noise = 12, periodPx = 9 } = options
  const finger = new Rng(seed)
  const centre = { x: finger.between(-25, 25), y: finger.between(20, 70) }
  const stretch = finger.between(0.75, 0.95)
  const spirals = Array.from({ length: minutiae }, () => ({
    x: finger.between(-130, 130),
    y: finger.between(-140, 140),
    sign: finger.float() < 0.5 ? 1 : -1,
  }))
  const dust = new Rng(`${seed}/${turnRad}/${dx}/${dy}`)
  const image = grayImage(width, height, 235)
  const cos = Math.cos(turnRad)
  const sin = Math.sin(turnRad)
  for (let py = 0; py < height; py++) {
    for (let px = 0; px < width; px++) {
      const sx = px - width / 2 - dx
      const sy = py - height / 2 - dy
      const x = cos * sx + sin * sy
      const y = cos * sy - sin * sx
      if ((x / 125) ** 2 + (y / 140) ** 2 > 1) {
        image.pixels[py * width + px] = 235 + dust.normal() * 2
        continue
      }
      let phase = (2 * Math.PI * Math.hypot(x - centre.x, stretch * (y - centre.y))) / periodPx
      for (const spiral of spirals) phase += spiral.sign * Math.atan2(y - spiral.y, x - spiral.x)
      const grey = 125 + 80 * Math.cos(phase) + noise * dust.normal()
      image.pixels[py * width + px] = Math.max(0, Math.min(255, Math.round(grey)))
    }
  }
  return image
}
