import type { Finger } from "@sourceprint/capture/fingerprint/twin/finger.js"

/** Mean ridge period in pixels, by a ruler: the length of every sign change from valley to ridge to valley along
 *  vertical and horizontal lines, corrected by the ridge's slope at the place. Slow and obvious. */
export function ridgePeriodByCrossings({ relief, width, height, plan }: Finger): number {
  const periods: number[] = []
  const inside = (x: number, y: number): boolean =>
    ((x - width / 2) / plan.halfWidthPx) ** 2 + ((y - height / 2) / plan.halfHeightPx) ** 2 < 0.8
  const smooth = (x: number, y: number): number => {
    let sum = 0
    for (let dy = -1; dy <= 1; dy++) for (let dx = -1; dx <= 1; dx++) sum += relief[(y + dy) * width + x + dx]
    return sum
  }
  const walk = (x0: number, y0: number, dx: number, dy: number): void => {
    let last: number | undefined
    let across = 0
    let along = 0
    for (let x = x0, y = y0; x < width - 4 && y < height - 4; x += dx, y += dy) {
      if (!inside(x, y)) {
        last = undefined
        continue
      }
      const gx = smooth(x + 1, y) - smooth(x - 1, y)
      const gy = smooth(x, y + 1) - smooth(x, y - 1)
      across += dx * gx * gx + dy * gy * gy
      along += gx * gx + gy * gy
      if (smooth(x, y) <= 0 && smooth(x + dx, y + dy) > 0) {
        // A line that meets the ridges at a slant sees them stretched by the cosine of the slant.
        const cosine = Math.sqrt(across / along)
        if (last !== undefined && cosine > 0.9) periods.push((x + y - last) * cosine)
        last = x + y
        across = 0
        along = 0
      }
    }
  }
  for (let y = 4; y < height - 4; y += 3) walk(4, y, 1, 0)
  for (let x = 4; x < width - 4; x += 3) walk(x, 4, 0, 1)
  periods.sort((a, b) => a - b)
  return periods[periods.length >> 1]
}
