/** Degree, coefficients and initial numbers of the primitive polynomials of dimensions 2 to 10.
 *  Source: Joe and Kuo, "Constructing Sobol sequences with better two-dimensional projections" (2008), table
 *  new-joe-kuo-6.21201. */
const POLYNOMIALS: readonly (readonly [degree: number, coefficients: number, initial: readonly number[]])[] = [
  [1, 0, [1]],
  [2, 1, [1, 3]],
  [3, 1, [1, 3, 1]],
  [3, 2, [1, 1, 1]],
  [4, 1, [1, 1, 3, 3]],
  [4, 4, [1, 3, 5, 13]],
  [5, 2, [1, 1, 5, 5, 17]],
  [5, 4, [1, 1, 5, 5, 5]],
  [5, 7, [1, 1, 7, 11, 19]],
]
const BITS = 32

/** Direction numbers of a dimension (from 0), the highest bit first. */
function directions(dimension: number): number[] {
  if (dimension === 0) return Array.from({ length: BITS }, (_, i) => (1 << (BITS - 1 - i)) >>> 0)
  const polynomial = POLYNOMIALS[dimension - 1]
  if (polynomial === undefined)
    throw new RangeError(`a Sobol sequence of more than ${POLYNOMIALS.length + 1} dimensions`)
  const [degree, coefficients, initial] = polynomial
  const v = initial.map((m, i) => (m << (BITS - 1 - i)) >>> 0)
  for (let i = degree; i < BITS; i++) {
    let value = (v[i - degree] ?? 0) ^ ((v[i - degree] ?? 0) >>> degree)
    for (let k = 1; k < degree; k++) {
      if ((coefficients >>> (degree - 1 - k)) & 1) value ^= v[i - k] ?? 0
    }
    v.push(value >>> 0)
  }
  return v
}

/** Points of a Sobol sequence, (count, shift.length), each in [0, 1).
 *  @param shift one 32-bit number a dimension: a digital shift, which keeps the distribution even and makes another
 *  sequence of each seed */
export function sobolPoints(count: number, shift: readonly number[]): number[][] {
  const v = shift.map((_, dimension) => directions(dimension))
  return Array.from({ length: count }, (_, index) => {
    const gray = (index ^ (index >>> 1)) >>> 0
    return v.map((numbers, dimension) => {
      let x = shift[dimension] ?? 0
      for (let bit = 0; gray >>> bit !== 0 && bit < BITS; bit++) {
        if ((gray >>> bit) & 1) x ^= numbers[bit] ?? 0
      }
      return (x >>> 0) / 2 ** BITS
    })
  })
}
