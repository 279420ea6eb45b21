/** A threshold with the false-match rate it is meant for and what it costs. Rates are in [0, 1]; every set of prints
 *  counts alike in them. */
export interface OperatingPoint {
  /** Share of comparisons of two fingers that reach the threshold. */
  readonly fmr: number
  /** score >= threshold accepts */
  readonly threshold: number
  /** 95 %, by drawing the fingers again. */
  readonly thresholdInterval: readonly [number, number]
  /** Share of comparisons of one finger that do not reach it, and 95 % of it by drawing the fingers again. */
  readonly fnmr: number
  readonly fnmrInterval: readonly [number, number]
  /** Too few comparisons were made to see this rate: the threshold continues the tail of the scores that were seen. */
  readonly extrapolated: boolean
}

/** What a matcher brings along, so that a program has a threshold before it has data of its own. */
export interface OperatingPoints {
  /** By falling false-match rate. */
  readonly points: readonly OperatingPoint[]
  /** The prints that chose the thresholds, and how many comparisons. */
  readonly chosenOn: string
  readonly genuine: number
  readonly impostor: number
  /** llr = slope × score + offset, natural logarithm */
  readonly llr: { readonly slope: number; readonly offset: number }
}

/** One comparison in 10,000 of two fingers is accepted. */
export const DEFAULT_FMR = 0.0001

/** The rates that are chosen by name. */
export const operatingRates = [0.01, 0.001, 0.0001, 0.00001] as const

/** In words: what a threshold is meant for and what it costs. */
export function describeOperatingPoint({ fmr, threshold, fnmr, extrapolated }: OperatingPoint): string {
  const percent = (rate: number): string => `${Number((100 * rate).toPrecision(3))} %`
  return (
    `threshold ${threshold.toFixed(2)} for FMR ${percent(fmr)}${extrapolated ? " (extrapolated)" : ""}, ` +
    `FNMR ${percent(fnmr)} on the sets that chose it`
  )
}
