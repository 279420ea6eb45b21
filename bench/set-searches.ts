import { builtInCalibration } from "@sourceprint/match/built-in-calibration.js"
import { identificationThreshold } from "@sourceprint/match/calibration.js"
import { minutiaeMatcher } from "@sourceprint/match/fingerprint/minutiae/matcher.js"
import type { MinutiaeTemplate } from "@sourceprint/match/fingerprint/minutiae/template-codec.js"
import { gallery, identify } from "@sourceprint/match/identify.js"

/** A template with its finger, unique over all sets. */
export interface Known {
  readonly finger: string
  readonly template: MinutiaeTemplate
}

export interface SearchResults {
  readonly mated: number
  /** Mated searches whose mate came first; whose mate the first stage kept. */
  readonly first: number
  readonly kept: number
  readonly nonMated: number
  /** Non-mated searches with a candidate at the threshold for `askedFpir`. */
  readonly alarms: number
  readonly threshold: number
}

/** Searches each probe in all references: a probe whose finger has a reference is mated, any other is not. The first
 *  stage keeps a tenth. */
export function searchAll(references: readonly Known[], probes: readonly Known[], askedFpir: number): SearchResults {
  const ready = gallery(
    minutiaeMatcher,
    references.map(({ template }) => template),
  )
  const enrolledFingers = new Set(references.map(({ finger }) => finger))
  const shortlist = Math.ceil(references.length / 10)
  const threshold = identificationThreshold(builtInCalibration(minutiaeMatcher, askedFpir), references.length)
  const counts = { mated: 0, first: 0, kept: 0, nonMated: 0, alarms: 0 }
  for (const { finger, template } of probes) {
    const candidates = identify(minutiaeMatcher, ready, template, { count: shortlist, shortlist })
    const [best] = candidates
    if (enrolledFingers.has(finger)) {
      counts.mated++
      if (best !== undefined && references[best.reference].finger === finger) counts.first++
      if (candidates.some(({ reference }) => references[reference].finger === finger)) counts.kept++
    } else {
      counts.nonMated++
      if (best !== undefined && best.score >= threshold) counts.alarms++
    }
  }
  return { ...counts, threshold }
}
