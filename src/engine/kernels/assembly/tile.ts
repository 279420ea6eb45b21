// Register tiles: 4 rows x 8 columns of a product, 8 accumulators of 4 floats. One step of the inner loop holds 8 + 2 +
// 4 of the 15 vector registers that V8 hands out, so nothing spills; larger tiles and unrolled steps were measured
// slower, because TurboFan schedules all loads of a basic block before its arithmetic.

/** a * b + c a lane; one rounding where the module is built with relaxed SIMD and the processor fuses. */
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(f32x4.mul(a, b), c)
}

/** Activations by number, as the callers in TypeScript pass them. NaN stays NaN. */
export const NONE: i32 = 0
export const RELU: i32 = 1
export const RELU6: i32 = 2

@inline
export function activate(x: v128, activation: i32): v128 {
  if (activation == NONE) return x
  const floored = f32x4.pmax(x, f32x4.splat(0))
  return activation == RELU6 ? f32x4.pmin(floored, f32x4.splat(6)) : floored
}

/** out[m][0..8) = activation(start + sum over `rows` runs of `run` floats of a_m[k] * b[k][0..8)).
 *  Each a_m walks `run` floats, then `skip` bytes; b is a panel: 8 start values, then 8 floats a step. With `add` the
 *  start is what out holds. */
@inline
export function tileDot(
  a0: usize, a1: usize, a2: usize, a3: usize, rows: i32, run: i32, skip: usize, b: usize,
  o0: usize, o1: usize, o2: usize, o3: usize, add: bool, activation: i32,
): void {
  let c00 = v128.load(b), c01 = v128.load(b, 16)
  let c10 = c00, c11 = c01, c20 = c00, c21 = c01, c30 = c00, c31 = c01
  if (add) {
    c00 = v128.load(o0); c01 = v128.load(o0, 16)
    c10 = v128.load(o1); c11 = v128.load(o1, 16)
    c20 = v128.load(o2); c21 = v128.load(o2, 16)
    c30 = v128.load(o3); c31 = v128.load(o3, 16)
  }
  b += 32
  for (let row = rows; row > 0; row--) {
    for (let k = run; k > 0; k--) {
      const b0 = v128.load(b), b1 = v128.load(b, 16)
      const s0 = v128.load_splat<f32>(a0)
      c00 = madd(s0, b0, c00); c01 = madd(s0, b1, c01)
      const s1 = v128.load_splat<f32>(a1)
      c10 = madd(s1, b0, c10); c11 = madd(s1, b1, c11)
      const s2 = v128.load_splat<f32>(a2)
      c20 = madd(s2, b0, c20); c21 = madd(s2, b1, c21)
      const s3 = v128.load_splat<f32>(a3)
      c30 = madd(s3, b0, c30); c31 = madd(s3, b1, c31)
      a0 += 4; a1 += 4; a2 += 4; a3 += 4; b += 32
    }
    a0 += skip; a1 += skip; a2 += skip; a3 += skip
  }
  v128.store(o0, activate(c00, activation)); v128.store(o0, activate(c01, activation), 16)
  v128.store(o1, activate(c10, activation)); v128.store(o1, activate(c11, activation), 16)
  v128.store(o2, activate(c20, activation)); v128.store(o2, activate(c21, activation), 16)
  v128.store(o3, activate(c30, activation)); v128.store(o3, activate(c31, activation), 16)
}

/** out[m][0..8) (+)= sum over rows x count steps of a[m] * b[0..8), m in 0..4: the outer-product form, for operands
 *  whose summed dimension is the slow one. a advances aStep bytes a step and aSkip more after each row. */
@inline
export function tileOuter(
  a: usize, aStep: usize, aSkip: usize, b: usize, bStep: usize, rows: i32, count: i32,
  o0: usize, o1: usize, o2: usize, o3: usize, add: bool,
): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00
  if (add) {
    c00 = v128.load(o0); c01 = v128.load(o0, 16)
    c10 = v128.load(o1); c11 = v128.load(o1, 16)
    c20 = v128.load(o2); c21 = v128.load(o2, 16)
    c30 = v128.load(o3); c31 = v128.load(o3, 16)
  }
  for (let row = rows; row > 0; row--) {
    for (let i = count; i > 0; i--) {
      const b0 = v128.load(b), b1 = v128.load(b, 16)
      const s0 = v128.load_splat<f32>(a)
      c00 = madd(s0, b0, c00); c01 = madd(s0, b1, c01)
      const s1 = v128.load_splat<f32>(a, 4)
      c10 = madd(s1, b0, c10); c11 = madd(s1, b1, c11)
      const s2 = v128.load_splat<f32>(a, 8)
      c20 = madd(s2, b0, c20); c21 = madd(s2, b1, c21)
      const s3 = v128.load_splat<f32>(a, 12)
      c30 = madd(s3, b0, c30); c31 = madd(s3, b1, c31)
      a += aStep; b += bStep
    }
    a += aSkip
  }
  v128.store(o0, c00); v128.store(o0, c01, 16)
  v128.store(o1, c10); v128.store(o1, c11, 16)
  v128.store(o2, c20); v128.store(o2, c21, 16)
  v128.store(o3, c30); v128.store(o3, c31, 16)
}

/** Copies `rows` x `columns` floats between two places of different row lengths (bytes). */
export function copyBlock(from: usize, fromRow: usize, to: usize, toRow: usize, rows: usize, columns: usize): void {
  for (let r: usize = 0; r < rows; r++) memory.copy(to + r * toRow, from + r * fromRow, columns << 2)
}

export function fillZero(at: usize, bytes: usize): void {
  memory.fill(at, 0, bytes)
}
