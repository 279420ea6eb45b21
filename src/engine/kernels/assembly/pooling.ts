// Gradients of 2-D pooling over NHWC images.

/** out = greatest element of each window, padding left out; -Infinity for a window wholly in the padding. */
export function maxPool(
  x: usize, out: usize, images: usize, height: i32, width: i32, channels: usize, outHeight: i32,
  outWidth: i32, windowHeight: i32, windowWidth: i32, strideY: i32, strideX: i32, top: i32, left: i32,
): void {
  const pixel = channels << 2
  const row = <usize>width * pixel
  const lowest = f32x4.splat(-Infinity)
  for (let n: usize = 0; n < images; n++) {
    for (let oy: i32 = 0; oy < outHeight; oy++) {
      const y0 = max(0, oy * strideY - top), y1 = min(height, oy * strideY - top + windowHeight)
      for (let ox: i32 = 0; ox < outWidth; ox++) {
        const x0 = max(0, ox * strideX - left), x1 = min(width, ox * strideX - left + windowWidth)
        let c: usize = 0
        for (; c + 16 <= pixel; c += 16) {
          let greatest = lowest
          for (let y = y0; y < y1; y++) {
            for (let k = x0; k < x1; k++) {
              greatest = f32x4.pmax(v128.load(x + <usize>y * row + <usize>k * pixel + c), greatest)
            }
          }
          v128.store(out + c, greatest)
        }
        for (; c < pixel; c += 4) {
          let greatest: f32 = -Infinity
          for (let y = y0; y < y1; y++) {
            for (let k = x0; k < x1; k++) {
              const value = load<f32>(x + <usize>y * row + <usize>k * pixel + c)
              if (!(value <= greatest)) greatest = value
            }
          }
          store<f32>(out + c, greatest)
        }
        out += pixel
      }
    }
    x += <usize>height * row
  }
}

/** Adds dy of each window to the first greatest element of the window in x; dx is zeroed before. */
export function maxPoolGradient(
  x: usize, dy: usize, dx: usize, images: usize, height: i32, width: i32, channels: usize, outHeight: i32,
  outWidth: i32, windowHeight: i32, windowWidth: i32, strideY: i32, strideX: i32, top: i32, left: i32,
): void {
  const pixel = channels << 2
  const row = <usize>width * pixel
  const apart = strideY >= windowHeight && strideX >= windowWidth
  // Pairs without gap or padding write every element themselves.
  const pairs = windowHeight == 2 && windowWidth == 2 && strideY == 2 && strideX == 2 && channels >= 4
  const whole = pairs && top == 0 && left == 0 && outHeight * 2 == height && outWidth * 2 == width && channels % 4 == 0
  if (!whole) memory.fill(dx, 0, images * <usize>height * row)
  for (let n: usize = 0; n < images; n++) {
    for (let oy: i32 = 0; oy < outHeight; oy++) {
      const y0 = max(0, oy * strideY - top), y1 = min(height, oy * strideY - top + windowHeight)
      for (let ox: i32 = 0; ox < outWidth; ox++) {
        const x0 = max(0, ox * strideX - left), x1 = min(width, ox * strideX - left + windowWidth)
        const first = <usize>y0 * row + <usize>x0 * pixel
        // A window that lies wholly in the padding, which tfjs makes of some number paddings, has no greatest element.
        if (y1 <= y0 || x1 <= x0) {
          dy += pixel
          continue
        }
        if (apart && y1 - y0 == 2 && x1 - x0 == 2) {
          pairGradient(x + first, dy, dx + first, row, pixel, channels)
        } else {
          windowGradient(x + first, dy, dx + first, row, pixel, channels, y1 - y0, x1 - x0)
        }
        dy += pixel
      }
    }
    x += <usize>height * row
    dx += <usize>height * row
  }
}

/** A whole 2 x 2 window that no other window shares. */
@inline
function pairGradient(x: usize, dy: usize, dx: usize, row: usize, pixel: usize, channels: usize): void {
  let c: usize = 0
  for (; c + 4 <= channels; c += 4) {
    const at = x + (c << 2), to = dx + (c << 2)
    const a = v128.load(at), b = v128.load(at + pixel), d = v128.load(at + row), e = v128.load(at + row + pixel)
    const greatest = f32x4.pmax(f32x4.pmax(a, b), f32x4.pmax(d, e))
    const g = v128.load(dy + (c << 2))
    const isA = f32x4.eq(a, greatest)
    v128.store(to, v128.and(g, isA))
    const notA = v128.andnot(g, isA), isB = f32x4.eq(b, greatest)
    v128.store(to + pixel, v128.and(notA, isB))
    const notB = v128.andnot(notA, isB), isD = f32x4.eq(d, greatest)
    v128.store(to + row, v128.and(notB, isD))
    v128.store(to + row + pixel, v128.and(v128.andnot(notB, isD), f32x4.eq(e, greatest)))
  }
  for (; c < channels; c++) oneGradient(x + (c << 2), dy + (c << 2), dx + (c << 2), row, pixel, 2, 2)
}

@inline
function windowGradient(
  x: usize, dy: usize, dx: usize, row: usize, pixel: usize, channels: usize, rows: i32, columns: i32,
): void {
  for (let c: usize = 0; c < channels; c++) {
    oneGradient(x + (c << 2), dy + (c << 2), dx + (c << 2), row, pixel, rows, columns)
  }
}

function oneGradient(x: usize, dy: usize, dx: usize, row: usize, pixel: usize, rows: i32, columns: i32): void {
  let greatest: f32 = -Infinity
  let found: usize = 0
  for (let i: i32 = 0; i < rows; i++) {
    for (let j: i32 = 0; j < columns; j++) {
      const at = <usize>i * row + <usize>j * pixel
      const value = load<f32>(x + at)
      if (value > greatest) {
        greatest = value
        found = at
      }
    }
  }
  store<f32>(dx + found, load<f32>(dx + found) + load<f32>(dy))
}

/** Spreads dy of each window evenly over the elements of x that the window covers; the padding does not count. */
export function averagePoolGradient(
  dy: usize, dx: usize, images: usize, height: i32, width: i32, channels: usize, outHeight: i32, outWidth: i32,
  windowHeight: i32, windowWidth: i32, strideY: i32, strideX: i32, top: i32, left: i32,
): void {
  const pixel = channels << 2
  const row = <usize>width * pixel
  memory.fill(dx, 0, images * <usize>height * row)
  for (let n: usize = 0; n < images; n++) {
    for (let oy: i32 = 0; oy < outHeight; oy++) {
      const y0 = max(0, oy * strideY - top), y1 = min(height, oy * strideY - top + windowHeight)
      for (let ox: i32 = 0; ox < outWidth; ox++) {
        const x0 = max(0, ox * strideX - left), x1 = min(width, ox * strideX - left + windowWidth)
        const share: f32 = 1 / <f32>((y1 - y0) * (x1 - x0))
        for (let y = y0; y < y1; y++) {
          for (let k = x0; k < x1; k++) addScaled(dy, dx + <usize>y * row + <usize>k * pixel, channels, share)
        }
        dy += pixel
      }
    }
    dx += <usize>height * row
  }
}

@inline
function addScaled(from: usize, to: usize, n: usize, factor: f32): void {
  const by = f32x4.splat(factor)
  let c: usize = 0
  for (; c + 4 <= n; c += 4) {
    const at = to + (c << 2)
    v128.store(at, f32x4.add(v128.load(at), f32x4.mul(v128.load(from + (c << 2)), by)))
  }
  for (; c < n; c++) store<f32>(to + (c << 2), load<f32>(to + (c << 2)) + load<f32>(from + (c << 2)) * factor)
}
