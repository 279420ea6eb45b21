import type { Finger } from "@sourceprint/capture/fingerprint/twin/finger.js"

/** Ridge endings and forks, by the textbook: threshold, thin to one pixel (Zhang and Suen 1984), count crossings
 *  (1: ending, 3: fork), drop what has another one within `apartPx`, which is a spur, a bridge or a broken ridge.
 *  Slow and obvious; only for statistics. */
export function countMinutiae(finger: Finger, apartPx = 9): { minutiae: number; areaMm2: number } {
  const { width, height, relief, plan } = finger
  const on = new Uint8Array(width * height)
  let area = 0
  const radius2 = (x: number, y: number): number =>
    ((x - width / 2) / plan.halfWidthPx) ** 2 + ((y - height / 2) / plan.halfHeightPx) ** 2
  for (let y = 3; y < height - 3; y++) {
    for (let x = 3; x < width - 3; x++) {
      if (radius2(x, y) < 0.85) area++
      let sum = 0 // a 5 x 5 mean closes the pores
      for (let dy = -2; dy <= 2; dy++) for (let dx = -2; dx <= 2; dx++) sum += relief[(y + dy) * width + x + dx]
      if (radius2(x, y) < 1 && sum > 0) on[y * width + x] = 1
    }
  }
  thin(on, width, height)
  const found: { x: number; y: number }[] = []
  for (let y = 3; y < height - 3; y++) {
    for (let x = 3; x < width - 3; x++) {
      if (on[y * width + x] === 0) continue
      const changes = ring(on, width, y * width + x).reduce(
        (n, value, i, all) => n + (value !== all[(i + 1) % 8] ? 1 : 0),
        0,
      )
      if (changes === 2 || changes >= 6) found.push({ x, y })
    }
  }
  const kept = found.filter(
    (a) => radius2(a.x, a.y) < 0.85 && found.every((b) => b === a || Math.hypot(a.x - b.x, a.y - b.y) > apartPx),
  )
  return { minutiae: kept.length, areaMm2: area * (25.4 / 500) ** 2 }
}

/** The eight neighbours, clockwise from above. */
const ring = (on: Uint8Array, width: number, i: number): number[] =>
  [-width, 1 - width, 1, width + 1, width, width - 1, -1, -width - 1].map((step) => on[i + step])

function thin(on: Uint8Array, width: number, height: number): void {
  for (let changed = true; changed; ) {
    changed = false
    for (const half of [0, 1]) {
      const gone: number[] = []
      for (let i = width + 1; i < width * (height - 1) - 1; i++) {
        if (on[i] === 0) continue
        const p = ring(on, width, i)
        const neighbours = p.reduce((a, b) => a + b)
        const rises = p.reduce((n, value, k) => n + (value === 0 && p[(k + 1) % 8] === 1 ? 1 : 0), 0)
        const [a, b] = half === 0 ? [p[0] * p[2] * p[4], p[2] * p[4] * p[6]] : [p[0] * p[2] * p[6], p[0] * p[4] * p[6]]
        if (neighbours >= 2 && neighbours <= 6 && rises === 1 && a === 0 && b === 0) gone.push(i)
      }
      for (const i of gone) on[i] = 0
      if (gone.length > 0) changed = true
    }
  }
}
