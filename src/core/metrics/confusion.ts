/** Counts of a two-class decision. "Positive" is the target scanner, or a genuine comparison. */
export interface BinaryConfusion {
  readonly truePositives: number
  readonly falseNegatives: number
  readonly falsePositives: number
  readonly trueNegatives: number
}

/** Decisions of `score >= threshold` against the truth; NaN is a rejection. */
export function binaryConfusion(
  threshold: number,
  genuine: Float64Array,
  impostor: Float64Array,
): BinaryConfusion {
  let truePositives = 0
  let falsePositives = 0
  for (const score of genuine) if (score >= threshold) truePositives++
  for (const score of impostor) if (score >= threshold) falsePositives++
  return {
    truePositives,
    falseNegatives: genuine.length - truePositives,
    falsePositives,
    trueNegatives: impostor.length - falsePositives,
  }
}

/** Row = truth, column = decision, both in the order of `labels`. */
export interface ConfusionMatrix {
  readonly labels: readonly string[]
  /** counts[truth][decision] */
  readonly counts: readonly (readonly number[])[]
}

/** Counts decisions among several classes. @throws RangeError for unequal lengths or a label outside `labels` */
export function confusionMatrix(
  labels: readonly string[],
  truths: readonly string[],
  decisions: readonly string[],
): ConfusionMatrix {
  if (truths.length !== decisions.length) throw new RangeError("truths and decisions differ in length")
  const place = new Map(labels.map((label, index) => [label, index]))
  const at = (label: string): number => {
    const index = place.get(label)
    if (index === undefined) throw new RangeError(`label ${label} is not one of ${labels.join(", ")}`)
    return index
  }
  const counts = labels.map(() => labels.map(() => 0))
  truths.forEach((truth, k) => {
    counts[at(truth)][at(decisions[k])]++
  })
  return { labels, counts }
}
