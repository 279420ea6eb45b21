/** Mean of the (2r+1)² neighbourhood, edges repeated; row-major, width × height. Sums over rows, then columns. */
export function boxMean(
  { width, height, pixels }: { readonly width: number; readonly height: number; readonly pixels: ArrayLike<number> },
  radius: number,
): Float32Array {
  const rows = new Float32Array(width * height)
  const out = new Float32Array(width * height)
  const clamp = (value: number, end: number): number => Math.min(end - 1, Math.max(0, value))
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0
      for (let d = -radius; d <= radius; d++) sum += pixels[y * width + clamp(x + d, width)]
      rows[y * width + x] = sum
    }
  }
  const area = (2 * radius + 1) ** 2
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0
      for (let d = -radius; d <= radius; d++) sum += rows[clamp(y + d, height) * width + x]
      out[y * width + x] = sum / area
    }
  }
  return out
}
