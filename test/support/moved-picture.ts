import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import type { Rng } from "@sourceprint/core/rng.js"

/** The picture as somebody alters it who wants it to be taken for another touch: moved, turned, another contrast,
 *  noise. */
export function movedPicture(image: GrayImage, rng: Rng): GrayImage {
  const { width, height, pixels } = image
  const turnRad = rng.between(-0.3, 0.3)
  const [dx, dy] = [rng.between(-25, 25), rng.between(-25, 25)]
  const gamma = rng.between(0.8, 1.25)
  const noise = rng.between(2, 10)
  const [cos, sin] = [Math.cos(turnRad), Math.sin(turnRad)]
  const moved = new Uint8Array(width * height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [u, v] = [x - width / 2 - dx, y - height / 2 - dy]
      const sx = cos * u + sin * v + width / 2
      const sy = cos * v - sin * u + height / 2
      const [left, top] = [Math.floor(sx), Math.floor(sy)]
      let grey = 235
      if (left >= 0 && top >= 0 && left + 1 < width && top + 1 < height) {
        const i = top * width + left
        const upper = pixels[i] + (sx - left) * (pixels[i + 1] - pixels[i])
        const lower = pixels[i + width] + (sx - left) * (pixels[i + width + 1] - pixels[i + width])
        grey = upper + (sy - top) * (lower - upper)
      }
      const level = 255 * (grey / 255) ** gamma + noise * rng.normal()
      moved[y * width + x] = Math.max(0, Math.min(255, Math.round(level)))
    }
  }
  return { ...image, pixels: moved }
}
