/** Discrete Fourier transform of square blocks whose side is a power of two. */

interface Plan {
  readonly side: number
  readonly cosines: Float64Array
  readonly sines: Float64Array
  readonly reversed: Uint16Array
}

const plans = new Map<number, Plan>()

function planOf(side: number): Plan {
  const known = plans.get(side)
  if (known) return known
  const bits = Math.log2(side)
  if (!Number.isInteger(bits) || side < 2) throw new RangeError(`${side} is not a power of two`)
  const reversed = Uint16Array.from({ length: side }, (_, i) => {
    let out = 0
    for (let bit = 0; bit < bits; bit++) out |= ((i >> bit) & 1) << (bits - 1 - bit)
    return out
  })
  const angle = (_: unknown, k: number): number => (-2 * Math.PI * k) / side
  const plan = {
    side,
    cosines: Float64Array.from({ length: side / 2 }, (_, k) => Math.cos(angle(_, k))),
    sines: Float64Array.from({ length: side / 2 }, (_, k) => Math.sin(angle(_, k))),
    reversed,
  }
  plans.set(side, plan)
  return plan
}

/** In place, radix 2, over `side` values that start at `offset` and lie `step` apart. */
function transformLine(plan: Plan, re: Float64Array, im: Float64Array, offset: number, step: number): void {
  const { side, cosines, sines, reversed } = plan
  for (let i = 0; i < side; i++) {
    const j = reversed[i]
    if (j <= i) continue
    const a = offset + i * step
    const b = offset + j * step
    const [r, m] = [re[a], im[a]]
    re[a] = re[b]
    im[a] = im[b]
    re[b] = r
    im[b] = m
  }
  for (let size = 2; size <= side; size *= 2) {
    const half = size / 2
    const stride = side / size
    for (let start = 0; start < side; start += size) {
      for (let k = 0; k < half; k++) {
        const a = offset + (start + k) * step
        const b = a + half * step
        const c = cosines[k * stride]
        const s = sines[k * stride]
        const r = re[b] * c - im[b] * s
        const m = re[b] * s + im[b] * c
        re[b] = re[a] - r
        im[b] = im[a] - m
        re[a] += r
        im[a] += m
      }
    }
  }
}

/** Two-dimensional transform in place of a row-major side × side block; unscaled: the sum at frequency 0. */
export function fourier2d(re: Float64Array, im: Float64Array, side: number): void {
  const plan = planOf(side)
  for (let y = 0; y < side; y++) transformLine(plan, re, im, y * side, 1)
  for (let x = 0; x < side; x++) transformLine(plan, re, im, x, side)
}
