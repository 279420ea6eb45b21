import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import type { HeatMap } from "@sourceprint/report/heat-layer.js"

/** Log-odds of a probability, kept finite at 0 and 1. */
export const logOdds = (probability: number): number => {
  const p = Math.min(1 - 1e-6, Math.max(1e-6, probability))
  return Math.log(p / (1 - p))
}

/** Which parts of a region spoke for the target scanner: each of `cells` × `cells` places is covered in turn by a
 *  square of the region's mean grey, half as large again as a cell, and the drop of the log-odds is its value (Zeiler
 *  and Fergus 2014, section 4.2). Works with any model, since it only asks for probabilities.
 *  @param probability what the model says of a region of the same size, [0, 1] */
export function occlusionMap(region: GrayImage, probability: (region: GrayImage) => number, cells = 8): HeatMap {
  const { width, height, pixels } = region
  const whole = logOdds(probability(region))
  const grey = Math.round(pixels.reduce((sum, pixel) => sum + pixel, 0) / pixels.length)
  const values = new Float32Array(cells * cells)
  for (let row = 0; row < cells; row++) {
    for (let column = 0; column < cells; column++) {
      const [left, right] = covered(column, cells, width)
      const [top, bottom] = covered(row, cells, height)
      const occluded = pixels.slice()
      for (let y = top; y < bottom; y++) occluded.fill(grey, y * width + left, y * width + right)
      values[row * cells + column] = whole - logOdds(probability({ ...region, pixels: occluded }))
    }
  }
  return { columns: cells, rows: cells, values }
}

/** First and last + 1 pixel of the square over cell `index`. */
function covered(index: number, cells: number, side: number): [number, number] {
  const cell = side / cells
  return [Math.max(0, Math.floor((index - 0.25) * cell)), Math.min(side, Math.ceil((index + 1.25) * cell))]
}
