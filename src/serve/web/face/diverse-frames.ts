import { defined } from "@sourceprint/core/defined.js"
import { greyAt } from "./grey-at.js"
/** A frame's likeness: two frames are near-duplicates when their signatures are close (root mean square, in [0, 1]). */
export type Signature = Float32Array

export interface KeptFrame<Picture> {
  readonly signature: Signature
  readonly picture: Picture
}

const SIDE = 12

const distance = (a: Signature, b: Signature): number =>
  Math.sqrt(a.reduce((sum, value, i) => sum + (value - defined(b[i])) ** 2, 0) / a.length)

/** A face's box as 12 × 12 means of grey, light taken out (mean 0, spread 1, scaled to about [-0.5, 0.5]), so that
 *  another turn of the head or another expression counts and another lamp does not. */
export function signatureOf(
  rgba: Uint8ClampedArray,
  widthPx: number,
  heightPx: number,
  box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
): Signature {
  const sums = new Float32Array(SIDE * SIDE)
  const counts = new Float32Array(SIDE * SIDE)
  for (let y = Math.max(0, Math.floor(box.y)); y < Math.min(heightPx, box.y + box.height); y++) {
    for (let x = Math.max(0, Math.floor(box.x)); x < Math.min(widthPx, box.x + box.width); x++) {
      const row = Math.min(SIDE - 1, Math.max(0, Math.floor(((y - box.y) / box.height) * SIDE)))
      const column = Math.min(SIDE - 1, Math.max(0, Math.floor(((x - box.x) / box.width) * SIDE)))
      const at = row * SIDE + column
      sums[at] = (sums[at] ?? 0) + greyAt(rgba, y * widthPx + x)
      counts[at] = (counts[at] ?? 0) + 1
    }
  }
  const means = sums.map((sum, i) => sum / Math.max(1, counts[i] ?? 0))
  const mean = means.reduce((sum, value) => sum + value, 0) / means.length
  const spread = Math.sqrt(means.reduce((sum, value) => sum + (value - mean) ** 2, 0) / means.length)
  return means.map((value) => (value - mean) / (4 * Math.max(1, spread)))
}

/** Of all frames offered, at most `most` that differ from each other: a near-copy of a kept one is dropped; when the
 *  set is full, a frame that is further from all kept ones than the two closest are from each other takes the place of
 *  one. */
export class DiverseFrames<Picture> {
  private kept: KeptFrame<Picture>[] = []

  constructor(
    private readonly most: number,
    /** Signatures closer than this are near-duplicates. */
    private readonly leastDistance = 0.06,
  ) {}

  get frames(): readonly KeptFrame<Picture>[] {
    return this.kept
  }

  /** True when the frame was kept. `picture` is only asked for then. */
  offer(signature: Signature, picture: () => Picture): boolean {
    const nearest = Math.min(...this.kept.map((frame) => distance(frame.signature, signature)))
    if (nearest < this.leastDistance) return false
    if (this.kept.length >= this.most) {
      const closest = this.closestPair()
      if (nearest <= closest.distance) return false
      this.kept.splice(closest.later, 1)
    }
    this.kept.push({ signature, picture: picture() })
    return true
  }

  private closestPair(): { distance: number; later: number } {
    let closest = { distance: Number.POSITIVE_INFINITY, later: 0 }
    for (const [i, { signature }] of this.kept.entries()) {
      for (const [k, other] of this.kept.entries()) {
        if (k <= i) continue
        const apart = distance(signature, other.signature)
        if (apart < closest.distance) closest = { distance: apart, later: k }
      }
    }
    return closest
  }
}
