import type { RidgeAnalysis } from "./minutiae/extract.js"
import { cellPx } from "./minutiae/parameters.js"

/** What the quality of a print is made of. */
export interface QualityParts {
  /** Area in square pixels at 500 dpi, each cell in proportion to how clearly it shows ridges. */
  readonly clearAreaPx: number
  /** Mean clearness over the print, 0-1: agreement of image and enhanced image, and one ridge frequency. */
  readonly clearness: number
}

function qualityParts({ mask, reliability, period }: RidgeAnalysis): QualityParts {
  let cells = 0
  let clear = 0
  for (let i = 0; i < mask.length; i++) {
    if (mask[i] === 0) continue
    cells++
    clear += (reliability.values[i] + period.purity.values[i]) / 2
  }
  return { clearAreaPx: clear * cellPx * cellPx, clearness: clear / Math.max(1, cells) }
}

/** Least squares for an image's mean genuine score (natural log odds) over the 320 images of the tuning fingers, where
 *  its rank correlation with that mean is 0.64; minutia count and coherence added nothing. */
const expected = { base: -6.35, perRootClearPx: 0.0484, perClearness: 12.6 }
/** Expected scores that count as quality 0 and 100: just below the worst and the best twentieth of those images. */
const scale = { worst: 5, best: 20 }

/** Quality 0-100 of a print: the mean score that it should reach against its mates, scaled. */
export function fingerprintQuality(analysis: RidgeAnalysis): number {
  const { clearAreaPx, clearness } = qualityParts(analysis)
  const score = expected.base + expected.perRootClearPx * Math.sqrt(clearAreaPx) + expected.perClearness * clearness
  const share = (score - scale.worst) / (scale.best - scale.worst)
  return Math.round(100 * Math.max(0, Math.min(1, share)))
}
