// Batch normalization over the last axis of (rows, channels), training: means, variances and gradients in two passes.
// Ioffe and Szegedy, "Batch Normalization", 2015, section 3.

const LEVEL: usize = 256 // rows a partial sum covers, so that rounding grows with the square root of the rows

/** mean[c] and biased variance[c] over the rows: the variance around the mean, in a second pass. */
export function channelMoments(x: usize, rows: usize, channels: usize, mean: usize, variance: usize): void {
  const row = channels << 2
  const inverse: f32 = 1 / <f32>rows
  memory.fill(mean, 0, row)
  memory.fill(variance, 0, row)
  for (let pass = 0; pass < 2; pass++) {
    for (let r: usize = 0; r < rows; r += LEVEL) {
      const count = min(LEVEL, rows - r)
      let c: usize = 0
      for (; c + 4 <= channels; c += 4) {
        const at = c << 2
        let from = x + r * row + at
        let sum = f32x4.splat(0), other = sum
        if (pass == 0) {
          for (let i = count; i > 0; i--) {
            sum = f32x4.add(sum, v128.load(from))
            from += row
          }
          v128.store(mean + at, f32x4.add(v128.load(mean + at), sum))
        } else {
          const center = v128.load(mean + at)
          for (let i = count; i > 0; i--) {
            other = f32x4.sub(v128.load(from), center)
            sum = f32x4.add(sum, f32x4.mul(other, other))
            from += row
          }
          v128.store(variance + at, f32x4.add(v128.load(variance + at), sum))
        }
      }
      for (; c < channels; c++) {
        const at = c << 2
        let sum: f32 = 0
        const center: f32 = pass == 0 ? 0 : load<f32>(mean + at)
        for (let i: usize = 0; i < count; i++) {
          const value = load<f32>(x + (r + i) * row + at) - center
          sum += pass == 0 ? value : value * value
        }
        const to = (pass == 0 ? mean : variance) + at
        store<f32>(to, load<f32>(to) + sum)
      }
    }
    const target = pass == 0 ? mean : variance
    for (let at: usize = 0; at < row; at += 4) store<f32>(target + at, load<f32>(target + at) * inverse)
  }
}

/** out = x * factor[c] + shift[c]; with `addend` not 0: out = x * factor[c] + addend * other[c] + shift[c]. */
export function affine(
  x: usize, factor: usize, addend: usize, other: usize, shift: usize, out: usize, rows: usize, channels: usize,
): void {
  const row = channels << 2
  for (let r: usize = 0; r < rows; r++) {
    let at: usize = 0
    for (; at + 16 <= row; at += 16) {
      let value = f32x4.add(f32x4.mul(v128.load(x + at), v128.load(factor + at)), v128.load(shift + at))
      if (addend != 0) value = f32x4.add(value, f32x4.mul(v128.load(addend + at), v128.load(other + at)))
      v128.store(out + at, value)
    }
    for (; at < row; at += 4) {
      let value = load<f32>(x + at) * load<f32>(factor + at) + load<f32>(shift + at)
      if (addend != 0) value += load<f32>(addend + at) * load<f32>(other + at)
      store<f32>(out + at, value)
    }
    x += row
    out += row
    if (addend != 0) addend += row
  }
}

/** sums[c] = sum of dy, products[c] = sum of dy * (x - mean[c]) over the rows. */
export function gradientSums(
  dy: usize, x: usize, mean: usize, rows: usize, channels: usize, sums: usize, products: usize,
): void {
  const row = channels << 2
  memory.fill(sums, 0, row)
  memory.fill(products, 0, row)
  for (let r: usize = 0; r < rows; r += LEVEL) {
    const count = min(LEVEL, rows - r)
    let c: usize = 0
    for (; c + 4 <= channels; c += 4) {
      const at = c << 2
      const center = v128.load(mean + at)
      let g = dy + r * row + at, from = x + r * row + at
      let sum = f32x4.splat(0), product = sum
      for (let i = count; i > 0; i--) {
        const gradient = v128.load(g)
        sum = f32x4.add(sum, gradient)
        product = f32x4.add(product, f32x4.mul(gradient, f32x4.sub(v128.load(from), center)))
        g += row
        from += row
      }
      v128.store(sums + at, f32x4.add(v128.load(sums + at), sum))
      v128.store(products + at, f32x4.add(v128.load(products + at), product))
    }
    for (; c < channels; c++) {
      const at = c << 2
      let sum: f32 = 0, product: f32 = 0
      for (let i: usize = 0; i < count; i++) {
        const gradient = load<f32>(dy + (r + i) * row + at)
        sum += gradient
        product += gradient * (load<f32>(x + (r + i) * row + at) - load<f32>(mean + at))
      }
      store<f32>(sums + at, load<f32>(sums + at) + sum)
      store<f32>(products + at, load<f32>(products + at) + product)
    }
  }
}
