/** The q-quantile of ascending values, linear between neighbours (Hyndman and Fan 1996, type 7). q in [0, 1]; at least
 *  one value, none NaN. */
export function quantileOfSorted(ascending: Float64Array, q: number): number {
  if (ascending.length === 0 || !(q >= 0 && q <= 1)) throw new RangeError(`no quantile ${q}`)
  const place = q * (ascending.length - 1)
  const low = Math.floor(place)
  const high = Math.min(low + 1, ascending.length - 1)
  if (ascending[low] === ascending[high]) return ascending[low] // keeps ±Infinity
  return ascending[low] + (ascending[high] - ascending[low]) * (place - low)
}
