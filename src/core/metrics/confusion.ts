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

/** Mean recall over the classes that have samples (Brodersen et al. 2010); NaN where none has. */
export function multiclassBalancedAccuracy({ counts }: ConfusionMatrix): number {
  const recalls = counts.flatMap((row, k) => {
    const total = row.reduce((sum, n) => sum + n, 0)
    return total === 0 ? [] : [row[k] / total]
  })
  return recalls.reduce((sum, recall) => sum + recall, 0) / recalls.length
}
