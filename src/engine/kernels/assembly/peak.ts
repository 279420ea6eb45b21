// What this processor can do at most with 128-bit vectors: multiply-adds on registers alone.
import { madd } from "./tile"

/** 12 independent chains of `n` multiply-adds of 4 floats: 96 n floating-point operations. */
export function multiplyAddPeak(n: i32): f32 {
  const k = f32x4.splat(0.001), m = f32x4.splat(0.999)
  let a = k, b = k, c = k, d = k, e = k, f = k, g = k, h = k, i = k, j = k, l = k, o = k
  for (let round = n; round > 0; round--) {
    a = madd(a, m, k); b = madd(b, m, k); c = madd(c, m, k); d = madd(d, m, k)
    e = madd(e, m, k); f = madd(f, m, k); g = madd(g, m, k); h = madd(h, m, k)
    i = madd(i, m, k); j = madd(j, m, k); l = madd(l, m, k); o = madd(o, m, k)
  }
  const left = f32x4.add(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)), f32x4.add(e, f))
  const right = f32x4.add(f32x4.add(f32x4.add(g, h), f32x4.add(i, j)), f32x4.add(l, o))
  return f32x4.extract_lane(f32x4.add(left, right), 0)
}
