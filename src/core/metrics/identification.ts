/** One search of a probe against an enrolled gallery (terms of ISO/IEC 19795-1:2021). */
export interface Search {
  /** similarity to every enrolled reference, NaN for a comparison that failed */
  readonly scores: Float64Array
  /** index of the probe's own reference; -1 where its owner is not enrolled (a non-mated search) */
  readonly mate: number
}

/** Rank of the mate, 1 is best; ties count against it, a failed comparison has rank Infinity. */
export function mateRank({ scores, mate }: Search): number {
  if (mate < 0 || mate >= scores.length) throw new RangeError("the search has no mate")
  const own = scores[mate]
  if (Number.isNaN(own)) return Infinity
  let rank = 0
  for (const score of scores) if (score >= own) rank++
  return rank
}

/** Cumulative match characteristic: rate[r - 1] is the share of mated searches whose mate is in the first r.
 *  @throws RangeError without a mated search */
export function cumulativeMatch(searches: readonly Search[], maxRank: number) {
  const mated = searches.filter((search) => search.mate >= 0)
  if (mated.length === 0) throw new RangeError("no mated search")
  const ranks = mated.map(mateRank)
  const rate = Float64Array.from({ length: maxRank }, (_, r) => {
    return ranks.filter((rank) => rank <= r + 1).length / mated.length
  })
  return { rate, searchCount: mated.length }
}

/** False positive identification rate: share of non-mated searches that return anyone at this threshold; false negative
 *  identification rate: share of mated searches whose mate is not among the first `maxRank` candidates or scores below
 *  the threshold. A kind without searches gives NaN. */
export function identificationRates(searches: readonly Search[], threshold: number, maxRank = 1) {
  let mated = 0
  let missed = 0
  let nonMated = 0
  let alarms = 0
  for (const search of searches) {
    if (search.mate < 0) {
      nonMated++
      if (search.scores.some((score) => score >= threshold)) alarms++
    } else {
      mated++
      if (!(search.scores[search.mate] >= threshold && mateRank(search) <= maxRank)) missed++
    }
  }
  return {
    fpir: alarms / nonMated,
    fnir: missed / mated,
    falsePositives: alarms,
    nonMatedSearches: nonMated,
    falseNegatives: missed,
    matedSearches: mated,
  }
}
