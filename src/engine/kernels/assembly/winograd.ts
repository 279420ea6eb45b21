// 3 x 3 convolution of stride 1 by minimal filtering, F(4 x 4, 3 x 3): 36 products for 16 outputs instead of 144.
// Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2016, section 4.3 (matrices A, B, G).
// Tiles of a batch are taken 64 at a time: transformed inputs [36][tile][inputs], 36 small matrix products, transformed
// back. Channel counts: inputs a multiple of 4, outputs of 8.
import { activate, tileDot, tileOuter } from "./tile"

const TILES: usize = 64
const POINTS: usize = 36
const PATCH: usize = 36 * 16 // bytes: 6 x 6 vectors between the two passes of a transform

/** Rows of B^T: 6 inputs -> 6 points. */
@inline
function inputPoints(from: usize, step: usize, to: usize, toStep: usize): void {
  const d0 = v128.load(from), d1 = v128.load(from + step), d2 = v128.load(from + 2 * step)
  const d3 = v128.load(from + 3 * step), d4 = v128.load(from + 4 * step), d5 = v128.load(from + 5 * step)
  const four = f32x4.splat(4), five = f32x4.splat(5)
  v128.store(to, f32x4.add(f32x4.sub(f32x4.mul(four, d0), f32x4.mul(five, d2)), d4))
  const a = f32x4.sub(d4, f32x4.mul(four, d2)), b = f32x4.sub(d3, f32x4.mul(four, d1))
  v128.store(to + toStep, f32x4.add(a, b))
  v128.store(to + 2 * toStep, f32x4.sub(a, b))
  const c = f32x4.sub(d4, d2), half = f32x4.sub(d3, d1), e = f32x4.add(half, half)
  v128.store(to + 3 * toStep, f32x4.add(c, e))
  v128.store(to + 4 * toStep, f32x4.sub(c, e))
  v128.store(to + 5 * toStep, f32x4.add(f32x4.sub(f32x4.mul(four, d1), f32x4.mul(five, d3)), d5))
}

/** Rows of A^T: 6 points -> 4 outputs. */
@inline
function outputsOf(from: usize, step: usize, to: usize, toStep: usize): void {
  const m0 = v128.load(from), m1 = v128.load(from + step), m2 = v128.load(from + 2 * step)
  const m3 = v128.load(from + 3 * step), m4 = v128.load(from + 4 * step), m5 = v128.load(from + 5 * step)
  const sum12 = f32x4.add(m1, m2), less12 = f32x4.sub(m1, m2)
  const sum34 = f32x4.add(m3, m4), less34 = f32x4.sub(m3, m4)
  const two = f32x4.splat(2), four = f32x4.splat(4), eight = f32x4.splat(8)
  v128.store(to, f32x4.add(m0, f32x4.add(sum12, sum34)))
  v128.store(to + toStep, f32x4.add(less12, f32x4.mul(two, less34)))
  v128.store(to + 2 * toStep, f32x4.add(sum12, f32x4.mul(four, sum34)))
  v128.store(to + 3 * toStep, f32x4.add(f32x4.add(less12, f32x4.mul(eight, less34)), m5))
}

/** Rows of A: 4 output gradients -> 6 points. */
@inline
function gradientPoints(from: usize, step: usize, to: usize, toStep: usize): void {
  const y0 = v128.load(from), y1 = v128.load(from + step)
  const y2 = v128.load(from + 2 * step), y3 = v128.load(from + 3 * step)
  const two = f32x4.splat(2), four = f32x4.splat(4), eight = f32x4.splat(8)
  const even = f32x4.add(y0, y2), odd = f32x4.add(y1, y3)
  v128.store(to, y0)
  v128.store(to + toStep, f32x4.add(even, odd))
  v128.store(to + 2 * toStep, f32x4.sub(even, odd))
  const wideEven = f32x4.add(y0, f32x4.mul(four, y2)), wideOdd = f32x4.add(f32x4.mul(two, y1), f32x4.mul(eight, y3))
  v128.store(to + 3 * toStep, f32x4.add(wideEven, wideOdd))
  v128.store(to + 4 * toStep, f32x4.sub(wideEven, wideOdd))
  v128.store(to + 5 * toStep, y3)
}

/** Rows of G: 3 weights -> 6 points. */
@inline
function filterPoints(from: usize, step: usize, to: usize, toStep: usize): void {
  const g0 = v128.load(from), g1 = v128.load(from + step), g2 = v128.load(from + 2 * step)
  const sixth = f32x4.splat(1.0 / 6), twelfth = f32x4.splat(1.0 / 12), twentyFourth = f32x4.splat(1.0 / 24)
  v128.store(to, f32x4.mul(f32x4.splat(0.25), g0))
  const outer = f32x4.mul(sixth, f32x4.add(g0, g2)), inner = f32x4.mul(sixth, g1)
  v128.store(to + toStep, f32x4.neg(f32x4.add(outer, inner)))
  v128.store(to + 2 * toStep, f32x4.sub(inner, outer))
  const wide = f32x4.add(f32x4.mul(twentyFourth, g0), f32x4.mul(sixth, g2)), middle = f32x4.mul(twelfth, g1)
  v128.store(to + 3 * toStep, f32x4.add(wide, middle))
  v128.store(to + 4 * toStep, f32x4.sub(wide, middle))
  v128.store(to + 5 * toStep, g2)
}

/** Rows of G^T: 6 points -> 3 weight gradients. */
@inline
function weightsOf(from: usize, step: usize, to: usize, toStep: usize): void {
  const u0 = v128.load(from), u1 = v128.load(from + step), u2 = v128.load(from + 2 * step)
  const u3 = v128.load(from + 3 * step), u4 = v128.load(from + 4 * step), u5 = v128.load(from + 5 * step)
  const sixth = f32x4.splat(1.0 / 6), twelfth = f32x4.splat(1.0 / 12), twentyFourth = f32x4.splat(1.0 / 24)
  const sum12 = f32x4.mul(sixth, f32x4.add(u1, u2)), sum34 = f32x4.add(u3, u4)
  v128.store(to, f32x4.add(f32x4.sub(f32x4.mul(f32x4.splat(0.25), u0), sum12), f32x4.mul(twentyFourth, sum34)))
  v128.store(to + toStep, f32x4.add(f32x4.mul(sixth, f32x4.sub(u2, u1)), f32x4.mul(twelfth, f32x4.sub(u3, u4))))
  v128.store(to + 2 * toStep, f32x4.add(f32x4.sub(f32x4.mul(sixth, sum34), sum12), u5))
}

/** Copies the `side` x `side` pixels at (y, x) of an image to `patch`, 0 outside the image. */
function copyPatch(
  image: usize, height: i32, width: i32, channels: usize, y: i32, x: i32, side: i32, patch: usize,
): void {
  const pixel = channels << 2
  for (let r = 0; r < side; r++) {
    for (let c = 0; c < side; c++) {
      const inside = y + r >= 0 && y + r < height && x + c >= 0 && x + c < width
      const from = image + <usize>((y + r) * width + x + c) * pixel
      if (inside) {
        for (let i: usize = 0; i < pixel; i += 16) v128.store(patch + i, v128.load(from + i))
      } else {
        for (let i: usize = 0; i < pixel; i += 16) v128.store(patch + i, f32x4.splat(0))
      }
      patch += pixel
    }
  }
}

/** Points of the `count` tiles from tile `first` of the batch on, to points [36][TILES][channels]. */
function transformInputs(
  x: usize, height: i32, width: i32, channels: usize, top: i32, left: i32, tilesY: i32, tilesX: i32,
  first: i32, count: i32, points: usize, between: usize, patch: usize,
): void {
  const pixel = channels << 2
  const pointBytes = TILES * pixel
  for (let t = 0; t < count; t++) {
    const tile = first + t
    const image = x + <usize>(tile / (tilesY * tilesX)) * <usize>(height * width) * pixel
    const y0 = ((tile / tilesX) % tilesY) * 4 - top, x0 = (tile % tilesX) * 4 - left
    let from = image + <usize>(y0 * width + x0) * pixel
    let row = <usize>width * pixel
    if (y0 < 0 || x0 < 0 || y0 + 6 > height || x0 + 6 > width) {
      copyPatch(image, height, width, channels, y0, x0, 6, patch)
      from = patch
      row = 6 * pixel
    }
    const to = points + <usize>t * pixel
    for (let c: usize = 0; c < pixel; c += 16) {
      for (let r: usize = 0; r < 6; r++) inputPoints(from + c + r * row, pixel, between + r * 96, 16)
      for (let q: usize = 0; q < 6; q++) inputPoints(between + q * 16, 96, to + c + q * pointBytes, 6 * pointBytes)
    }
  }
}

/** A filter (3, 3, inputs, outputs) as panels of 8 columns a point: [36][outputs / 8][1 + inputs][8]. */
function transformFilter(w: usize, inputs: usize, outputs: usize, panels: usize, between: usize): void {
  const pointBytes = (outputs >> 3) * (inputs + 1) * 32
  const tap = (inputs * outputs) << 2
  for (let p: usize = 0; p < POINTS; p++) {
    for (let o: usize = 0; o < outputs >> 3; o++) memory.fill(panels + p * pointBytes + o * (inputs + 1) * 32, 0, 32)
  }
  for (let i: usize = 0; i < inputs; i++) {
    for (let o: usize = 0; o < outputs; o += 4) {
      const from = w + ((i * outputs + o) << 2)
      const to = panels + (o >> 3) * (inputs + 1) * 32 + (i + 1) * 32 + ((o & 4) << 2)
      for (let r: usize = 0; r < 3; r++) filterPoints(from + 3 * r * tap, tap, between + r * 96, 16)
      for (let q: usize = 0; q < 6; q++) filterPoints(between + q * 16, 96, to + q * pointBytes, 6 * pointBytes)
    }
  }
}

/** (3, 3, inputs, outputs) turned by half and with inputs and outputs exchanged: the filter of the input gradient. */
export function turnFilter(w: usize, inputs: usize, outputs: usize, out: usize): void {
  for (let tap: usize = 0; tap < 9; tap++) {
    const from = w + (((8 - tap) * inputs * outputs) << 2)
    for (let o: usize = 0; o < outputs; o++) {
      for (let i: usize = 0; i < inputs; i++) {
        store<f32>(out, load<f32>(from + ((i * outputs + o) << 2)))
        out += 4
      }
    }
  }
}

/** Bytes of scratch for either routine below. */
export function winogradScratchBytes(inputs: usize, outputs: usize): usize {
  const channels = max(inputs, outputs) << 2
  const filters = POINTS * (outputs >> 3) * (inputs + 1) * 32
  return filters + POINTS * TILES * ((inputs + outputs) << 2) + PATCH + 36 * channels
}

/** out (images, outHeight, outWidth, outputs) = activation(x convolved with w + bias); bias 0: none. */
export function winogradConvolve(
  x: usize, images: i32, height: i32, width: i32, inputs: usize, top: i32, left: i32, outHeight: i32, outWidth: i32,
  outputs: usize, w: usize, bias: usize, activation: i32, out: usize, scratch: usize,
): void {
  const panels = scratch
  const pointPanels = (outputs >> 3) * (inputs + 1) * 32
  const points = panels + POINTS * pointPanels
  const products = points + POINTS * TILES * (inputs << 2)
  const between = products + POINTS * TILES * (outputs << 2)
  const patch = between + PATCH
  const inputPixel = inputs << 2, outputPixel = outputs << 2
  transformFilter(w, inputs, outputs, panels, between)
  const tilesY = (outHeight + 3) / 4, tilesX = (outWidth + 3) / 4
  const all = images * tilesY * tilesX
  for (let first: i32 = 0; first < all; first += <i32>TILES) {
    const count = min(<i32>TILES, all - first)
    transformInputs(x, height, width, inputs, top, left, tilesY, tilesX, first, count, points, between, patch)
    for (let p: usize = 0; p < POINTS; p++) {
      const pointsOf = points + p * TILES * inputPixel, productsOf = products + p * TILES * outputPixel
      for (let o: usize = 0; o < outputs >> 3; o++) {
        const panel = panels + p * pointPanels + o * (inputs + 1) * 32
        // TILES is a multiple of 4: the last rows of a short batch are computed from what lies there, and not used.
        for (let t: usize = 0; t < <usize>count; t += 4) {
          const a = pointsOf + t * inputPixel, to = productsOf + t * outputPixel + (o << 5)
          tileDot(
            a, a + inputPixel, a + 2 * inputPixel, a + 3 * inputPixel, 1, <i32>inputs, 0, panel,
            to, to + outputPixel, to + 2 * outputPixel, to + 3 * outputPixel, false, 0,
          )
        }
      }
    }
    for (let t = 0; t < count; t++) {
      const tile = first + t
      const image = out + <usize>(tile / (tilesY * tilesX)) * <usize>(outHeight * outWidth) * outputPixel
      const y0 = ((tile / tilesX) % tilesY) * 4, x0 = (tile % tilesX) * 4
      const rows = min(4, outHeight - y0), columns = min(4, outWidth - x0)
      const pointBytes = TILES * outputPixel
      for (let c: usize = 0; c < outputPixel; c += 16) {
        const from = products + <usize>t * outputPixel + c
        for (let q: usize = 0; q < 6; q++) outputsOf(from + q * pointBytes, 6 * pointBytes, between + q * 16, 96)
        for (let r: usize = 0; r < 4; r++) outputsOf(between + r * 96, 16, patch + r * 64, 16)
        const start = bias == 0 ? f32x4.splat(0) : v128.load(bias + c)
        for (let r = 0; r < rows; r++) {
          const to = image + <usize>((y0 + r) * outWidth + x0) * outputPixel + c
          for (let k = 0; k < columns; k++) {
            const value = f32x4.add(v128.load(patch + <usize>(r * 64 + k * 16)), start)
            v128.store(to + <usize>k * outputPixel, activate(value, activation))
          }
        }
      }
    }
  }
}

/** dw (3, 3, inputs, outputs) = gradient of the filter, from x and dy (images, outHeight, outWidth, outputs). */
export function winogradFilterGradient(
  x: usize, images: i32, height: i32, width: i32, inputs: usize, top: i32, left: i32, outHeight: i32, outWidth: i32,
  outputs: usize, dy: usize, dw: usize, scratch: usize,
): void {
  const sums = scratch // [36][inputs][outputs]
  const points = sums + POINTS * (outputs >> 3) * (inputs + 1) * 32
  const gradients = points + POINTS * TILES * (inputs << 2)
  const between = gradients + POINTS * TILES * (outputs << 2)
  const patch = between + PATCH
  const inputPixel = inputs << 2, outputPixel = outputs << 2
  const sumBytes = inputs * outputPixel
  memory.fill(sums, 0, POINTS * sumBytes)
  const tilesY = (outHeight + 3) / 4, tilesX = (outWidth + 3) / 4
  const all = images * tilesY * tilesX
  for (let first: i32 = 0; first < all; first += <i32>TILES) {
    const count = min(<i32>TILES, all - first)
    transformInputs(x, height, width, inputs, top, left, tilesY, tilesX, first, count, points, between, patch)
    for (let t = 0; t < count; t++) {
      const tile = first + t
      const image = dy + <usize>(tile / (tilesY * tilesX)) * <usize>(outHeight * outWidth) * outputPixel
      const y0 = ((tile / tilesX) % tilesY) * 4, x0 = (tile % tilesX) * 4
      let from = image + <usize>(y0 * outWidth + x0) * outputPixel
      let row = <usize>outWidth * outputPixel
      if (y0 + 4 > outHeight || x0 + 4 > outWidth) {
        copyPatch(image, outHeight, outWidth, outputs, y0, x0, 4, patch)
        from = patch
        row = 4 * outputPixel
      }
      const to = gradients + <usize>t * outputPixel
      const pointBytes = TILES * outputPixel
      for (let c: usize = 0; c < outputPixel; c += 16) {
        for (let r: usize = 0; r < 4; r++) gradientPoints(from + c + r * row, outputPixel, between + r * 96, 16)
        for (let q: usize = 0; q < 6; q++) gradientPoints(between + q * 16, 96, to + c + q * pointBytes, 6 * pointBytes)
      }
    }
    for (let p: usize = 0; p < POINTS; p++) {
      const pointsOf = points + p * TILES * inputPixel, gradientsOf = gradients + p * TILES * outputPixel
      const target = sums + p * sumBytes
      for (let i: usize = 0; i < inputs; i += 4) {
        for (let o: usize = 0; o < outputs; o += 8) {
          const to = target + i * outputPixel + (o << 2)
          tileOuter(
            pointsOf + (i << 2), inputPixel, 0, gradientsOf + (o << 2), outputPixel, 1, count,
            to, to + outputPixel, to + 2 * outputPixel, to + 3 * outputPixel, true,
          )
        }
      }
    }
  }
  const tap = inputs * outputPixel
  for (let i: usize = 0; i < inputs; i++) {
    for (let c: usize = 0; c < outputPixel; c += 16) {
      const at = i * outputPixel + c
      for (let q: usize = 0; q < 6; q++) weightsOf(sums + at + q * sumBytes, 6 * sumBytes, between + q * 16, 96)
      for (let r: usize = 0; r < 3; r++) weightsOf(between + r * 96, 16, dw + at + 3 * r * tap, tap)
    }
  }
}
