import type { GrayImage } from "@sourceprint/core/image/gray-image.js"

const BLOCK_PX = 8
/** A block is ridge area when its deviation reaches this share of the image's own strong blocks (90th percentile of
 *  those that are not flat). */
const FOREGROUND_SHARE = 0.35

/** Deviation of grey in each whole 8 × 8 block, row-major. */
function blockDeviations({ width, height, pixels }: GrayImage): { columns: number; values: Float64Array } {
  const columns = Math.max(1, Math.floor(width / BLOCK_PX))
  const rows = Math.max(1, Math.floor(height / BLOCK_PX))
  const values = new Float64Array(columns * rows)
  for (let by = 0; by < rows; by++) {
    for (let bx = 0; bx < columns; bx++) {
      let n = 0
      let sum = 0
      let squares = 0
      for (let y = by * BLOCK_PX; y < Math.min(height, (by + 1) * BLOCK_PX); y++) {
        for (let x = bx * BLOCK_PX; x < Math.min(width, (bx + 1) * BLOCK_PX); x++) {
          const grey = pixels[y * width + x] ?? 0
          n++
          sum += grey
          squares += grey * grey
        }
      }
      values[by * columns + bx] = Math.sqrt(Math.max(0, squares / n - (sum / n) ** 2))
    }
  }
  return { columns, values }
}

/** The middle of the print, pixels: mean position of the ridge blocks, taken again over those within `reachPx` so
 *  that a far mark or frame does not pull it. An image without contrast gives its own middle. */
export function printCentre(image: GrayImage, reachPx: number): { x: number; y: number } {
  const { columns, values } = blockDeviations(image)
  const sorted = values.filter((deviation) => deviation > 0).sort()
  const strong = sorted[Math.floor(0.9 * (sorted.length - 1))]
  let centre = { x: image.width / 2, y: image.height / 2 }
  if (strong === undefined) return centre
  for (const reach of [Number.POSITIVE_INFINITY, reachPx, reachPx]) {
    let n = 0
    let sumX = 0
    let sumY = 0
    values.forEach((deviation, i) => {
      const x = ((i % columns) + 0.5) * BLOCK_PX
      const y = (Math.floor(i / columns) + 0.5) * BLOCK_PX
      if (deviation < FOREGROUND_SHARE * strong || Math.hypot(x - centre.x, y - centre.y) > reach) return
      n++
      sumX += x
      sumY += y
    })
    if (n > 0) centre = { x: sumX / n, y: sumY / n }
  }
  return centre
}

/** Position in [0, length) of `at`, reflected at both ends (the edge pixel is not doubled). */
function mirrored(at: number, length: number): number {
  if (length === 1) return 0
  const period = 2 * (length - 1)
  const folded = ((at % period) + period) % period
  return folded < length ? folded : period - folded
}

/** The `sidePx` square around (x, y), moved inside the image, at the image's own resolution. An image smaller than
 *  the window is continued by mirroring, so that no border shows its size. */
export function windowAround(image: GrayImage, { x, y }: { x: number; y: number }, sidePx: number): GrayImage {
  const start = (centre: number, length: number): number =>
    length <= sidePx
      ? -Math.floor((sidePx - length) / 2)
      : Math.min(length - sidePx, Math.max(0, Math.round(centre - sidePx / 2)))
  const left = start(x, image.width)
  const top = start(y, image.height)
  const pixels = new Uint8Array(sidePx * sidePx)
  for (let row = 0; row < sidePx; row++) {
    const from = mirrored(top + row, image.height) * image.width
    for (let column = 0; column < sidePx; column++) {
      pixels[row * sidePx + column] = image.pixels[from + mirrored(left + column, image.width)] ?? 0
    }
  }
  return { width: sidePx, height: sidePx, pixels }
}
