/** Ridge lines one pixel wide: 1 on the line, row-major, the outermost rows and columns always 0. */
export interface Skeleton {
  readonly width: number
  readonly height: number
  readonly pixels: Uint8Array
}

/** Neighbour i of a pixel, clockwise from north: p2 p3 ... p9 of the thinning literature. */
export const neighbourOffsets = (width: number): Int32Array =>
  Int32Array.of(-width, -width + 1, 1, width + 1, width, width - 1, -1, -width - 1)

/** Whether Guo and Hall (1989, algorithm A1) delete a pixel with these eight neighbours (bit i = neighbour i) in the
 *  even or odd half of an iteration. */
export function deletable(neighbours: number, odd: boolean): boolean {
  const [p2, p3, p4, p5, p6, p7, p8, p9] = Array.from({ length: 8 }, (_, i) => (neighbours >> i) & 1)
  const crossings = ((1 - p2) & (p3 | p4)) + ((1 - p4) & (p5 | p6)) + ((1 - p6) & (p7 | p8)) + ((1 - p8) & (p9 | p2))
  const n1 = (p9 | p2) + (p3 | p4) + (p5 | p6) + (p7 | p8)
  const n2 = (p2 | p3) + (p4 | p5) + (p6 | p7) + (p8 | p9)
  const n = Math.min(n1, n2)
  const side = odd ? (p6 | p7 | (1 - p9)) & p8 : (p2 | p3 | (1 - p5)) & p4
  return crossings === 1 && n >= 2 && n <= 3 && side === 0
}

const tables = [false, true].map((odd) => Uint8Array.from({ length: 256 }, (_, n) => (deletable(n, odd) ? 1 : 0)))

/** Thins the ridges (1 = ridge) to lines without breaking or joining any. Only pixels that are left are looked at. */
export function thin(width: number, height: number, ridges: Uint8Array): Skeleton {
  const pixels = Uint8Array.from(ridges)
  for (let x = 0; x < width; x++) pixels[x] = pixels[(height - 1) * width + x] = 0
  for (let y = 0; y < height; y++) pixels[y * width] = pixels[y * width + width - 1] = 0
  const around = neighbourOffsets(width)
  let left = new Int32Array(pixels.length)
  let count = 0
  for (let i = 0; i < pixels.length; i++) if (pixels[i] === 1) left[count++] = i
  left = left.subarray(0, count)
  const doomed = new Int32Array(count)
  const [n0, n1, n2, n3, n4, n5, n6, n7] = around
  let quiet = 0
  for (let half = 0; quiet < 2; half++) {
    const table = tables[half & 1]
    let deleted = 0
    let kept = 0
    for (let k = 0; k < left.length; k++) {
      const i = left[k]
      const neighbours =
        pixels[i + n0] |
        (pixels[i + n1] << 1) |
        (pixels[i + n2] << 2) |
        (pixels[i + n3] << 3) |
        (pixels[i + n4] << 4) |
        (pixels[i + n5] << 5) |
        (pixels[i + n6] << 6) |
        (pixels[i + n7] << 7)
      if (table[neighbours] === 1) doomed[deleted++] = i
      else left[kept++] = i
    }
    for (let k = 0; k < deleted; k++) pixels[doomed[k]] = 0
    left = left.subarray(0, kept)
    quiet = deleted === 0 ? quiet + 1 : 0
  }
  return { width, height, pixels }
}

/** Half the number of changes around a pixel: 1 at an ending, 2 on a line, 3 at a bifurcation. */
export function crossingNumber({ width, pixels }: Skeleton, i: number): number {
  let changes = 0
  const around = neighbourOffsets(width)
  for (let k = 0; k < 8; k++) changes += pixels[i + around[k]] !== pixels[i + around[(k + 1) & 7]] ? 1 : 0
  return changes >> 1
}
