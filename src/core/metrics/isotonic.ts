/** The non-decreasing sequence nearest to `values` in weighted squares, by pooling adjacent violators (Ayer et al.
 *  1955): O(n). @throws RangeError for unequal lengths or a weight that is not positive */
export function isotonicFit(values: Float64Array, weights: Float64Array): Float64Array {
  if (values.length !== weights.length) throw new RangeError("values and weights differ in length")
  const sum = new Float64Array(values.length)
  const weight = new Float64Array(values.length)
  const size = new Uint32Array(values.length)
  let blocks = 0
  for (let k = 0; k < values.length; k++) {
    if (!(weights[k] > 0)) throw new RangeError(`weight ${weights[k]} is not positive`)
    sum[blocks] = values[k] * weights[k]
    weight[blocks] = weights[k]
    size[blocks] = 1
    while (blocks > 0 && sum[blocks - 1] / weight[blocks - 1] >= sum[blocks] / weight[blocks]) {
      blocks--
      sum[blocks] += sum[blocks + 1]
      weight[blocks] += weight[blocks + 1]
      size[blocks] += size[blocks + 1]
    }
    blocks++
  }
  const fit = new Float64Array(values.length)
  let at = 0
  for (let b = 0; b < blocks; b++) {
    fit.fill(sum[b] / weight[b], at, at + size[b])
    at += size[b]
  }
  return fit
}
