// One pass of ridge growth (ridge-growth.ts). All numbers are doubles; every sum has the order of its taps, two of them
// in the lanes of one register, so that the values are those of plain arithmetic. The module has no data of its own.

@inline
function clipped(answer: f64): f64 {
  return <f64>(<f32>max<f64>(-1, min<f64>(1, 2.2 * answer)))
}

/** The weights of one tap in two filters. */
@inline
function weights(first: usize, second: usize): v128 {
  return v128.load64_lane(second, v128.load64_zero(first), 1)
}

/** next[place] = the clipped answer of the place's filter to the field `now`.
 *  @param now, next addresses of the fields, of `stride` numbers a row, with `radius` rows and columns around
 *  @param places addresses of the places as distances from the start of a field, in bytes
 *  @param filters addresses of the half filters: (side * side + 1) / 2 numbers, the centre last */
export function grow(
  now: usize, next: usize, stride: i32, radius: i32, places: usize, filters: usize, count: i32,
): void {
  const row = <usize>stride << 3
  const left = <usize>radius << 3
  let n = 0
  while (n < count) {
    const place = <usize>load<i32>(places + (n << 2))
    const center = now + place
    let f0 = <usize>load<i32>(filters + (n << 2))
    if (n + 3 < count && <usize>load<i32>(places + (n << 2), 12) == place + 24) {
      let f1 = <usize>load<i32>(filters + (n << 2), 4)
      let f2 = <usize>load<i32>(filters + (n << 2), 8)
      let f3 = <usize>load<i32>(filters + (n << 2), 12)
      let s01 = f64x2.splat(0), s23 = s01
      for (let y = radius; y >= 0; y--) {
        const back = <usize>y * row + left
        let before = center - back
        let after = center + back
        for (let x = y > 0 ? 2 * radius + 1 : radius; x > 0; x--) {
          const a = f64x2.add(v128.load(before), v128.load(after))
          const b = f64x2.add(v128.load(before, 16), v128.load(after, 16))
          s01 = f64x2.add(s01, f64x2.mul(weights(f0, f1), a))
          s23 = f64x2.add(s23, f64x2.mul(weights(f2, f3), b))
          before += 8; after -= 8
          f0 += 8; f1 += 8; f2 += 8; f3 += 8
        }
      }
      s01 = f64x2.add(s01, f64x2.mul(weights(f0, f1), v128.load(center)))
      s23 = f64x2.add(s23, f64x2.mul(weights(f2, f3), v128.load(center, 16)))
      store<f64>(next + place, clipped(f64x2.extract_lane(s01, 0)))
      store<f64>(next + place, clipped(f64x2.extract_lane(s01, 1)), 8)
      store<f64>(next + place, clipped(f64x2.extract_lane(s23, 0)), 16)
      store<f64>(next + place, clipped(f64x2.extract_lane(s23, 1)), 24)
      n += 4
      continue
    }
    let sum: f64 = 0
    for (let y = radius; y >= 0; y--) {
      const back = <usize>y * row + left
      let before = center - back
      let after = center + back
      for (let x = y > 0 ? 2 * radius + 1 : radius; x > 0; x--) {
        sum += load<f64>(f0) * (load<f64>(before) + load<f64>(after))
        before += 8; after -= 8
        f0 += 8
      }
    }
    store<f64>(next + place, clipped(sum + load<f64>(f0) * load<f64>(center)))
    n++
  }
}
