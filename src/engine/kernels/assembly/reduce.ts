// Sums in two levels, so that the rounding error of a long sum grows with the square root of its length.

const LEVEL: usize = 256

/** out[c] = sum over rows of x (rows, columns). */
export function columnSums(x: usize, rows: usize, columns: usize, out: usize): void {
  memory.fill(out, 0, columns << 2)
  const row = columns << 2
  for (let r: usize = 0; r < rows; r += LEVEL) {
    const count = min(LEVEL, rows - r)
    const block = x + r * row
    let c: usize = 0
    for (; c + 8 <= columns; c += 8) {
      let even0 = f32x4.splat(0), even1 = even0, odd0 = even0, odd1 = even0
      let from = block + (c << 2)
      let i: usize = 0
      for (; i + 2 <= count; i += 2) {
        even0 = f32x4.add(even0, v128.load(from))
        even1 = f32x4.add(even1, v128.load(from, 16))
        odd0 = f32x4.add(odd0, v128.load(from + row))
        odd1 = f32x4.add(odd1, v128.load(from + row, 16))
        from += 2 * row
      }
      if (i < count) {
        even0 = f32x4.add(even0, v128.load(from))
        even1 = f32x4.add(even1, v128.load(from, 16))
      }
      const to = out + (c << 2)
      v128.store(to, f32x4.add(v128.load(to), f32x4.add(even0, odd0)))
      v128.store(to, f32x4.add(v128.load(to, 16), f32x4.add(even1, odd1)), 16)
    }
    for (; c < columns; c++) {
      let sum: f32 = 0
      for (let i: usize = 0; i < count; i++) sum += load<f32>(block + i * row + (c << 2))
      store<f32>(out + (c << 2), load<f32>(out + (c << 2)) + sum)
    }
  }
}

/** out[r] = sum of row r of x (rows, columns). */
export function rowSums(x: usize, rows: usize, columns: usize, out: usize): void {
  for (let r: usize = 0; r < rows; r++) {
    let total: f32 = 0
    for (let c: usize = 0; c < columns; c += LEVEL) {
      const count = min(LEVEL, columns - c)
      let sum0 = f32x4.splat(0), sum1 = sum0
      let i: usize = 0
      for (; i + 8 <= count; i += 8) {
        sum0 = f32x4.add(sum0, v128.load(x + (i << 2)))
        sum1 = f32x4.add(sum1, v128.load(x + (i << 2), 16))
      }
      const both = f32x4.add(sum0, sum1)
      let sum = f32x4.extract_lane(both, 0) + f32x4.extract_lane(both, 1)
      sum += f32x4.extract_lane(both, 2) + f32x4.extract_lane(both, 3)
      for (; i < count; i++) sum += load<f32>(x + (i << 2))
      total += sum
      x += count << 2
    }
    store<f32>(out + (r << 2), total)
  }
}

/** out (segments, columns) = for each segment the sum of the rows of x whose id is the segment; ids outside are
 *  dropped. ids are int32. */
export function segmentSums(x: usize, ids: usize, rows: usize, columns: usize, segments: usize, out: usize): void {
  memory.fill(out, 0, (segments * columns) << 2)
  for (let r: usize = 0; r < rows; r++) {
    const id = load<i32>(ids + (r << 2))
    if (id >= 0 && <usize>id < segments) {
      const to = out + ((<usize>id * columns) << 2)
      for (let c: usize = 0; c < columns << 2; c += 4) store<f32>(to + c, load<f32>(to + c) + load<f32>(x + c))
    }
    x += columns << 2
  }
}

/** Copies a block of a row-major (a, b, c) array of `size`-byte elements: the inner runs of a slice. */
export function copySlice(
  from: usize, fromOuter: usize, fromMiddle: usize, to: usize, outer: usize, middle: usize, run: usize,
): void {
  for (let i: usize = 0; i < outer; i++) {
    for (let j: usize = 0; j < middle; j++) {
      memory.copy(to, from + i * fromOuter + j * fromMiddle, run)
      to += run
    }
  }
}

/** x *= factor, n floats. */
export function scale(x: usize, n: usize, factor: f32): void {
  for (let i: usize = 0; i < n << 2; i += 4) store<f32>(x + i, load<f32>(x + i) * factor)
}
