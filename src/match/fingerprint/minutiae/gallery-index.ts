import type { GalleryIndex } from "../../matcher.js"
import { popcount, wordsPerCode } from "./cylinder-codes.js"
import { galleryIndex } from "./parameters.js"
import { type Points, pointsOf, wrap } from "./points.js"
import type { PrintView } from "./print-view.js"
import type { MinutiaeTemplate } from "./template-codec.js"

/** Cylinder codes of a whole gallery side by side, so that a probe runs through memory once. */
interface GalleryCodes {
  /** Minutiae before each view; one more entry than views. */
  readonly start: Int32Array
  /** Which reference a view belongs to. */
  readonly reference: Int32Array
  readonly bits: Int32Array
  readonly ones: Int32Array
  readonly points: Points
}

/** First stage of 1:N: each of the probe's most trusted minutiae looks for its nearest code in every reference, and the
 *  pairs found this way are counted as far as they tell one placement. No view is placed or laid over another yet. */
export function minutiaeGalleryIndex(references: readonly MinutiaeTemplate[]): GalleryIndex<MinutiaeTemplate> {
  const gallery = galleryCodes(references)
  return {
    shortlist(probe, count) {
      const scores = new Float64Array(references.length)
      for (const view of probe.views) scoreView(gallery, view, scores)
      const order = Int32Array.from(scores.keys()).sort((p, q) => scores[q] - scores[p] || p - q)
      return Array.from(order.subarray(0, count))
    },
  }
}

function galleryCodes(references: readonly MinutiaeTemplate[]): GalleryCodes {
  const views = references.flatMap((template, reference) => template.views.map((view) => ({ view, reference })))
  const start = new Int32Array(views.length + 1)
  for (const [k, { view }] of views.entries()) start[k + 1] = start[k] + view.x.length
  const total = start[views.length]
  const bits = new Int32Array(total * wordsPerCode)
  const points = {
    count: total,
    x: new Float64Array(total),
    y: new Float64Array(total),
    angle: new Float64Array(total),
  }
  for (const [k, { view }] of views.entries()) {
    bits.set(view.codes.bits, start[k] * wordsPerCode)
    const own = pointsOf(view)
    for (const key of ["x", "y", "angle"] as const) points[key].set(own[key], start[k])
  }
  const reference = Int32Array.from(views, (v) => v.reference)
  return { start, reference, bits, ones: onesOf(bits, total), points }
}

function onesOf(bits: Int32Array, count: number): Int32Array {
  const ones = new Int32Array(count)
  for (let i = 0; i < bits.length; i++) ones[Math.floor(i / wordsPerCode)] += popcount(bits[i])
  return ones
}

/** Raises each reference's score to what its views reach against one view of the probe. */
function scoreView(gallery: GalleryCodes, probe: PrintView, scores: Float64Array): void {
  const points = pointsOf(probe)
  const chosen = mostTrusted(probe)
  const ones = onesOf(probe.codes.bits, points.count)
  const nearest = new Int32Array(chosen.length)
  const similarity = new Float64Array(chosen.length)
  for (let view = 0; view < gallery.reference.length; view++) {
    const from = gallery.start[view]
    const to = gallery.start[view + 1]
    for (let k = 0; k < chosen.length; k++) {
      const m = chosen[k]
      nearest[k] = nearestCode(gallery, from, to, probe.codes.bits, m * wordsPerCode, ones[m], similarity, k)
    }
    const score = agreeingPairs(gallery.points, points, nearest, chosen, similarity)
    const reference = gallery.reference[view]
    if (score > scores[reference]) scores[reference] = score
  }
}

const mostTrusted = (view: PrintView): number[] =>
  Array.from(view.trust.keys())
    .filter((m) => view.codes.bits.subarray(m * wordsPerCode, (m + 1) * wordsPerCode).some((w) => w !== 0))
    .sort((p, q) => view.trust[q] - view.trust[p] || p - q)
    .slice(0, galleryIndex.probeMinutiae)

/** The minutia of [from, to) whose code is most like the probe's at `offset`, or -1; its similarity, 1 - differing /
 *  set bits of both, is written to `similarity[k]`. A code is given up half way where it differs too much already. */
function nearestCode(
  { bits, ones }: GalleryCodes,
  from: number,
  to: number,
  probe: Int32Array,
  offset: number,
  probeOnes: number,
  similarity: Float64Array,
  k: number,
): number {
  const half = wordsPerCode >> 1
  let best = -1
  let least = 1 - galleryIndex.minSimilarity
  for (let m = from; m < to; m++) {
    const base = m * wordsPerCode
    const limit = least * (ones[m] + probeOnes)
    let different = 0
    for (let w = 0; w < half; w++) different += popcount(bits[base + w] ^ probe[offset + w])
    if (different >= limit) continue
    for (let w = half; w < wordsPerCode; w++) different += popcount(bits[base + w] ^ probe[offset + w])
    if (different >= limit) continue
    least = different / (ones[m] + probeOnes)
    best = m
  }
  similarity[k] = best < 0 ? 0 : 1 - least
  return best
}

/** Σ over couples of pairs that tell the same turn and offset of the product of their similarities. */
function agreeingPairs(
  a: Points,
  b: Points,
  nearest: Int32Array,
  chosen: readonly number[],
  similarity: Float64Array,
): number {
  let score = 0
  for (let i = 0; i < chosen.length; i++) {
    if (nearest[i] < 0) continue
    const turn = wrap(a.angle[nearest[i]] - b.angle[chosen[i]])
    const cos = Math.cos(turn)
    const sin = Math.sin(turn)
    for (let k = i + 1; k < chosen.length; k++) {
      if (nearest[k] < 0 || nearest[k] === nearest[i]) continue
      const turnGap = Math.abs(wrap(a.angle[nearest[k]] - b.angle[chosen[k]] - turn))
      if (turnGap > galleryIndex.toleranceRad) continue
      const vx = b.x[chosen[k]] - b.x[chosen[i]]
      const vy = b.y[chosen[k]] - b.y[chosen[i]]
      const gx = cos * vx - sin * vy - (a.x[nearest[k]] - a.x[nearest[i]])
      const gy = sin * vx + cos * vy - (a.y[nearest[k]] - a.y[nearest[i]])
      const tolerance = galleryIndex.tolerancePx + galleryIndex.tolerancePerPx * Math.sqrt(vx * vx + vy * vy)
      if (gx * gx + gy * gy > tolerance * tolerance) continue
      score += similarity[i] * similarity[k]
    }
  }
  return score
}
