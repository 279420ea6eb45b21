import type { CountedRate } from "@sourceprint/core/metrics/counted-rate.js"
import type { Quantity } from "@sourceprint/report/quantity.js"

/** A counted rate as a cell of a table. @param what was counted, in the plural */
export const quantityOf = ({ rate, errors, trials, interval }: CountedRate, what: string): Quantity => ({
  value: rate,
  unit: "rate",
  low: interval.low,
  high: interval.high,
  n: `${errors} of ${trials} ${what}`,
})
