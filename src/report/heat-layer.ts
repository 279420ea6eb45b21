import { defined } from "@sourceprint/core/defined.js"
import { layerUri } from "./image-uri.js"

/** A coarse map of influence over an image. */
export interface HeatMap {
  readonly columns: number
  readonly rows: number
  /** rows × columns, row-major; above 0 speaks for the decision, below 0 against it; any scale */
  readonly values: Float32Array
}

/** The map as a transparent layer of `width` × `height` pixels: orange where the image spoke for the decision, blue
 *  where it spoke against, the more opaque the stronger (full at the largest magnitude), smooth between cell
 *  centres. */
export function heatLayer(map: HeatMap, width: number, height: number): Promise<string> {
  const { columns, rows, values } = map
  if (values.length !== columns * rows) throw new RangeError("the heat map's size does not fit its values")
  let largest = 0
  for (const value of values) largest = Math.max(largest, Math.abs(value))
  const rgba = new Uint8Array(width * height * 4)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = between(map, ((x + 0.5) / width) * columns - 0.5, ((y + 0.5) / height) * rows - 0.5)
      const strength = largest === 0 ? 0 : Math.abs(value) / largest
      const [r, g, b] = value >= 0 ? [240, 110, 20] : [30, 110, 230]
      rgba.set([r, g, b, Math.round(225 * strength ** 0.8)], (y * width + x) * 4)
    }
  }
  return layerUri(width, height, rgba)
}

/** Bilinear between cell centres, clamped at the border. */
function between({ columns, rows, values }: HeatMap, x: number, y: number): number {
  const cx = Math.min(columns - 1, Math.max(0, x))
  const cy = Math.min(rows - 1, Math.max(0, y))
  const [x0, y0] = [Math.floor(cx), Math.floor(cy)]
  const [x1, y1] = [Math.min(x0 + 1, columns - 1), Math.min(y0 + 1, rows - 1)]
  const at = (column: number, row: number) => defined(values[row * columns + column])
  const along = (row: number) => at(x0, row) * (1 - cx + x0) + at(x1, row) * (cx - x0)
  return along(y0) * (1 - cy + y0) + along(y1) * (cy - y0)
}
