import type { BinaryConfusion, ConfusionMatrix } from "./confusion.js"

/** Mean of the two recalls: 1 - (FMR + FNMR) / 2. Guessing gives 0.5 whatever the class sizes (Brodersen et al. 2010).
 *  @returns [0, 1]; NaN where a class has no sample */
export function balancedAccuracy(counts: BinaryConfusion): number {
  const positives = counts.truePositives + counts.falseNegatives
  const negatives = counts.trueNegatives + counts.falsePositives
  return (counts.truePositives / positives + counts.trueNegatives / negatives) / 2
}

/** Mean recall over the classes that have samples; NaN where none has. */
export function multiclassBalancedAccuracy({ counts }: ConfusionMatrix): number {
  const recalls = counts.flatMap((row, k) => {
    const total = row.reduce((sum, n) => sum + n, 0)
    return total === 0 ? [] : [row[k] / total]
  })
  return recalls.reduce((sum, recall) => sum + recall, 0) / recalls.length
}
