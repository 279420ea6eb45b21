import type { FoundFace } from "@sourceprint/match/face/detect-face.js"

interface Solid {
  readonly x: number
  readonly y: number
  readonly z: number
}

/** 68 points of 300-W on a rough head, in eye distances: eyes at (±0.5, 0), z toward the camera. Depths after common
 *  anthropometry: nose tip some 0.5 before the eyes, jaw line up to 1.2 behind them. */
export function headPoints(): Solid[] {
  const points: Solid[] = []
  for (let i = 0; i <= 16; i++) {
    const a = (Math.PI * i) / 16
    points.push({ x: -1.1 * Math.cos(a), y: 0.1 + 1.75 * Math.sin(a), z: -1.2 + 1.25 * Math.sin(a) })
  }
  for (const side of [-1, 1]) {
    for (let i = 0; i < 5; i++) {
      const along = side === -1 ? -0.85 + 0.15 * i : 0.25 + 0.15 * i
      points.push({ x: along, y: -0.32, z: 0.12 - 0.15 * along * along })
    }
  }
  for (let i = 0; i < 4; i++) points.push({ x: 0, y: 0.05 + 0.17 * i, z: 0.12 + 0.13 * i })
  for (let i = 0; i < 5; i++) points.push({ x: -0.2 + 0.1 * i, y: 0.68, z: 0.3 - 0.1 * Math.abs(i - 2) })
  for (const side of [-0.5, 0.5]) {
    for (let i = 0; i < 6; i++) {
      const a = (2 * Math.PI * i) / 6 - Math.PI
      points.push({ x: side + 0.22 * Math.cos(a), y: 0.07 * Math.sin(a), z: 0 })
    }
  }
  for (let i = 0; i < 20; i++) {
    const a = (2 * Math.PI * i) / 20 - Math.PI
    points.push({ x: 0.4 * Math.cos(a), y: 1.05 + 0.15 * Math.sin(a), z: 0.15 - 0.2 * Math.cos(a) ** 2 })
  }
  return points
}

/** The same face printed on paper. */
export const printed = (head: readonly Solid[]): Solid[] => head.map(({ x, y }) => ({ x, y, z: 0 }))

/** Seen from `distance` eye distances away, turned by `yawRad` (positive: nose to the image's right), 60 px an eye
 *  distance at rest, `closer` times as near. */
export function seenFace(points: readonly Solid[], yawRad: number, closer = 1, distance = 12): FoundFace {
  const landmarks = points.map(({ x, y, z }) => {
    const depth = z * Math.cos(yawRad) - x * Math.sin(yawRad)
    const scale = (60 * distance * closer) / (distance - depth)
    return { x: 320 + scale * (x * Math.cos(yawRad) + z * Math.sin(yawRad)), y: 240 + scale * y }
  })
  return { x: 0, y: 0, width: 1, height: 1, score: 1, landmarks }
}
