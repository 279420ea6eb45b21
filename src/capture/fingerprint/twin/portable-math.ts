/** Elementary functions from + - × / and sqrt alone, which IEEE 754 fixes to the bit. `Math.sin`, `exp`, `log` and
 *  `atan2` may differ in the last bit between engines and versions, and a ridge pattern grown by iteration would carry
 *  such a bit to whole pixels; with these, a seed gives the same bytes on every machine and engine.
 *  Accurate to about 1e-12 (absolute for sin, cos and atan2, relative for exp, absolute for log). */
import type { Rng } from "@sourceprint/core/rng.js"

const HALF_PI_HIGH = 1.5707963267341256 // pi/2 split as in fdlibm's k_rem_pio2: the high part has 33 bits
const HALF_PI_LOW = 6.077100506506192e-11
const LN2_HIGH = 0.6931471803691238 // the same split of ln 2 (fdlibm e_exp)
const LN2_LOW = 1.9082149292705877e-10

/** Taylor on |x| <= pi/4: the first term left out is below 1e-15. */
const sinNear = (x: number): number => {
  const s = x * x
  return (
    x *
    (1 - (s / 6) * (1 - (s / 20) * (1 - (s / 42) * (1 - (s / 72) * (1 - (s / 110) * (1 - (s / 156) * (1 - s / 210)))))))
  )
}

const cosNear = (x: number): number => {
  const s = x * x
  return (
    1 - (s / 2) * (1 - (s / 12) * (1 - (s / 30) * (1 - (s / 56) * (1 - (s / 90) * (1 - (s / 132) * (1 - s / 182))))))
  )
}

const sinShifted = (x: number, shift: number): number => {
  const quarter = Math.floor(x / (HALF_PI_HIGH + HALF_PI_LOW) + 0.5)
  const rest = x - quarter * HALF_PI_HIGH - quarter * HALF_PI_LOW
  const turn = (((quarter + shift) % 4) + 4) % 4
  const value = turn % 2 === 0 ? sinNear(rest) : cosNear(rest)
  return turn < 2 ? value : -value
}

/** |x| up to a million radians. */
export const sin = (x: number): number => sinShifted(x, 0)
export const cos = (x: number): number => sinShifted(x, 1)

/** Zero below -700; above 700 a RangeError. */
export function exp(x: number): number {
  if (x < -700) return 0
  if (x > 700) throw new RangeError(`exp(${x}) is out of range`)
  const halvings = Math.floor(x / (LN2_HIGH + LN2_LOW) + 0.5)
  const r = x - halvings * LN2_HIGH - halvings * LN2_LOW // |r| <= 0.35
  let term = 1
  let sum = 1
  for (let n = 1; n <= 14; n++) {
    term *= r / n
    sum += term
  }
  return sum * powerOfTwo(halvings)
}

function powerOfTwo(n: number): number {
  let value = 1
  const step = n < 0 ? 0.5 : 2
  for (let i = Math.abs(n); i > 0; i--) value *= step
  return value
}

/** Natural logarithm of x > 0. */
export function log(x: number): number {
  if (!(x > 0) || x === Number.POSITIVE_INFINITY) throw new RangeError(`log(${x})`)
  let halvings = 0
  let m = x
  for (; m > 1.5; halvings++) m /= 2
  for (; m < 0.75; halvings--) m *= 2
  const s = (m - 1) / (m + 1) // |s| <= 0.2: ln m = 2 (s + s^3/3 + s^5/5 + ...)
  const s2 = s * s
  let sum = 0
  for (let n = 19; n >= 1; n -= 2) sum = sum * s2 + 1 / n
  return 2 * s * sum + halvings * LN2_HIGH + halvings * LN2_LOW
}

/** Angle of (x, y) in (-pi, pi]; 0 for the origin. */
export function atan2(y: number, x: number): number {
  const ax = Math.abs(x)
  const ay = Math.abs(y)
  if (ax === 0 && ay === 0) return 0
  const steep = ay > ax
  // Two halvings of the angle, tan(a/2) = t / (1 + sqrt(1 + t^2)), bring t below 0.2.
  let t = steep ? ax / ay : ay / ax
  t /= 1 + Math.sqrt(1 + t * t)
  t /= 1 + Math.sqrt(1 + t * t)
  const t2 = t * t
  let sum = 0
  for (let n = 17; n >= 1; n -= 2) sum = 1 / n - t2 * sum
  let angle = 4 * t * sum
  if (steep) angle = HALF_PI_HIGH + HALF_PI_LOW - angle
  if (x < 0) angle = 2 * (HALF_PI_HIGH + HALF_PI_LOW) - angle
  return y < 0 ? -angle : angle
}

/** Standard normal (Box-Muller on the functions above); `Rng.normal` would lean on Math.log and Math.cos. */
export function normal(rng: Rng): number {
  return Math.sqrt(-2 * log(1 - rng.float())) * cos(2 * Math.PI * rng.float())
}

/** Nearly normal, mean 0, deviation 1, from one 32-bit draw: the sum of its four bytes (Irwin-Hall, bounded at
 *  ±3.5). For noise at every pixel, where `normal` would be the slowest step. */
export function pixelNoise(rng: Rng): number {
  const draw = rng.u32()
  const sum = (draw & 0xff) + ((draw >>> 8) & 0xff) + ((draw >>> 16) & 0xff) + (draw >>> 24)
  return (sum - 510) / 147.80053 // deviation of four uniform bytes: sqrt(4 (256^2 - 1) / 12)
}
