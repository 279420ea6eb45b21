/** How the false non-match rate falls as the comparisons of worst quality are thrown away (Grother and Tabassi,
 *  "Performance of Biometric Quality Measures", IEEE PAMI 29(4), 2007; ISO/IEC 29794-1). */
export interface DiscardCurve {
  /** share of comparisons discarded, rising from 0 */
  readonly discarded: Float64Array
  /** FNMR of those that are left */
  readonly fnmr: Float64Array
  readonly kept: Float64Array
}

/** The curve at one threshold. `quality[k]` belongs to genuine comparison k: the lower of the two images' qualities, so
 *  that one bad image is enough. Comparisons of equal quality go together; NaN quality goes first. Stops while at
 *  least one comparison is left.
 *  @throws RangeError for an empty set or unequal lengths */
export function errorVersusDiscard(genuine: Float64Array, quality: Float64Array, threshold: number): DiscardCurve {
  const n = genuine.length
  if (n === 0 || quality.length !== n) throw new RangeError("scores and qualities must be as many, at least one")
  const worth = quality.map((q) => (Number.isNaN(q) ? Number.NEGATIVE_INFINITY : q))
  const order = Uint32Array.from(worth.keys()).sort((a, b) => (worth[a] === worth[b] ? 0 : worth[a] - worth[b]))
  let errors = 0
  for (const score of genuine) if (!(score >= threshold)) errors++
  const points = [{ discarded: 0, fnmr: errors / n, kept: n }]
  for (let gone = 0; gone < n - 1; gone++) {
    if (!(genuine[order[gone]] >= threshold)) errors--
    if (worth[order[gone]] === worth[order[gone + 1]]) continue
    const kept = n - gone - 1
    points.push({ discarded: (gone + 1) / n, fnmr: errors / kept, kept })
  }
  return {
    discarded: Float64Array.from(points, (point) => point.discarded),
    fnmr: Float64Array.from(points, (point) => point.fnmr),
    kept: Float64Array.from(points, (point) => point.kept),
  }
}
