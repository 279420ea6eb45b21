/** Zhang and Suen (1984) thinning, in place: 0 is background, anything else ridge; ridges end up one pixel wide.
 *  Pixels at the image's edge are cleared. */
export function thin(ridges: Uint8Array, width: number, height: number): void {
  for (let x = 0; x < width; x++) ridges[x] = ridges[(height - 1) * width + x] = 0
  for (let y = 0; y < height; y++) ridges[y * width] = ridges[y * width + width - 1] = 0
  const around = [-width, 1 - width, 1, 1 + width, width, width - 1, -1, -1 - width]
  const removed: number[] = []
  for (let changed = true; changed; ) {
    changed = false
    for (const step of [0, 1]) {
      removed.length = 0
      for (let at = width; at < ridges.length - width; at++) {
        if (ridges[at] !== 0 && removable(ridges, at, around, step)) removed.push(at)
      }
      for (const at of removed) ridges[at] = 0
      if (removed.length > 0) changed = true
    }
  }
}

function removable(ridges: Uint8Array, at: number, around: readonly number[], step: number): boolean {
  let neighbours = 0
  let rises = 0
  for (let k = 0; k < 8; k++) {
    const here = ridges[at + around[k]] !== 0
    if (here) neighbours++
    if (!here && ridges[at + around[(k + 1) & 7]] !== 0) rises++
  }
  if (neighbours < 2 || neighbours > 6 || rises !== 1) return false
  const [north, east, south, west] = [0, 2, 4, 6].map((k) => ridges[at + around[k]] !== 0)
  return step === 0
    ? !(north && east && south) && !(east && south && west)
    : !(north && east && west) && !(north && south && west)
}
