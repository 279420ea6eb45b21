import { checkConfidence, DEFAULT_CONFIDENCE, type Interval } from "./interval.js"
import { studentQuantile } from "./student-t.js"

/** One figure measured several times: over seeds, or over folds. */
export interface Repeats {
  readonly count: number
  readonly mean: number
  /** sample standard deviation (n - 1); NaN for one value */
  readonly deviation: number
  readonly min: number
  readonly max: number
  /** Student's t interval of the mean; absent for one value. Over seeds it is about training luck alone, over folds it
   *  is only indicative, because folds share training images (Bengio and Grandvalet 2004). */
  readonly interval?: Interval
}

/** Mean, spread and t interval of finite values. @throws RangeError for no value or a value that is not finite */
export function summariseRepeats(values: readonly number[], confidence = DEFAULT_CONFIDENCE): Repeats {
  checkConfidence(confidence)
  if (values.length === 0) throw new RangeError("no value")
  if (!values.every(Number.isFinite)) throw new RangeError("a value is not finite")
  const count = values.length
  const mean = values.reduce((sum, value) => sum + value, 0) / count
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1))
  const summary = { count, mean, deviation, min: Math.min(...values), max: Math.max(...values) }
  if (count === 1) return summary
  const half = (studentQuantile(0.5 + confidence / 2, count - 1) * deviation) / Math.sqrt(count)
  return {
    ...summary,
    interval: {
      low: mean - half,
      high: mean + half,
      confidence,
      method: `Student's t over ${count} repeats`,
    },
  }
}
