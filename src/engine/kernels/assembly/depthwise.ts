// Gradients of depthwise convolution, channel multiplier 1, over NHWC images: every tap is a product of two runs of
// channels; taps that fall into the padding are skipped, so no border is written.
import { madd } from "./tile"

/** to += a * b, n floats. */
@inline
function addProduct(a: usize, b: usize, to: usize, n: usize): void {
  const bytes = n << 2
  let i: usize = 0
  for (; i + 16 <= bytes; i += 16) {
    v128.store(to + i, madd(v128.load(a + i), v128.load(b + i), v128.load(to + i)))
  }
  for (; i < bytes; i += 4) store<f32>(to + i, load<f32>(to + i) + load<f32>(a + i) * load<f32>(b + i))
}

/** out = sum over the taps of x times the tap's weights w (kernelHeight, kernelWidth, channels). */
export function depthwiseConvolution(
  x: usize, w: usize, out: usize, images: i32, height: i32, width: i32, channels: usize, outHeight: i32, outWidth: i32,
  kernelHeight: i32, kernelWidth: i32, strideY: i32, strideX: i32, top: i32, left: i32,
): void {
  const pixel = channels << 2
  memory.fill(out, 0, <usize>(images * outHeight * outWidth) * pixel)
  for (let n = 0; n < images; n++) {
    for (let oy = 0; oy < outHeight; oy++) {
      for (let ox = 0; ox < outWidth; ox++) {
        for (let ky = 0; ky < kernelHeight; ky++) {
          const y = oy * strideY - top + ky
          if (y < 0 || y >= height) continue
          for (let kx = 0; kx < kernelWidth; kx++) {
            const at = ox * strideX - left + kx
            if (at < 0 || at >= width) continue
            const tap = w + <usize>(ky * kernelWidth + kx) * pixel
            addProduct(x + <usize>(y * width + at) * pixel, tap, out, channels)
          }
        }
        out += pixel
      }
    }
    x += <usize>(height * width) * pixel
  }
}

/** dw (kernelHeight, kernelWidth, channels) = sum over images and outputs of x at the tap times dy. */
export function depthwiseFilterGradient(
  x: usize, dy: usize, dw: usize, images: i32, height: i32, width: i32, channels: usize, outHeight: i32, outWidth: i32,
  kernelHeight: i32, kernelWidth: i32, strideY: i32, strideX: i32, top: i32, left: i32,
): void {
  const pixel = channels << 2
  memory.fill(dw, 0, <usize>(kernelHeight * kernelWidth) * pixel)
  for (let n = 0; n < images; n++) {
    for (let oy = 0; oy < outHeight; oy++) {
      for (let ky = 0; ky < kernelHeight; ky++) {
        const y = oy * strideY - top + ky
        if (y < 0 || y >= height) continue
        for (let kx = 0; kx < kernelWidth; kx++) {
          const tap = dw + <usize>(ky * kernelWidth + kx) * pixel
          for (let ox = 0; ox < outWidth; ox++) {
            const at = ox * strideX - left + kx
            if (at < 0 || at >= width) continue
            addProduct(x + <usize>(y * width + at) * pixel, dy + <usize>(oy * outWidth + ox) * pixel, tap, channels)
          }
        }
      }
    }
    x += <usize>(height * width) * pixel
    dy += <usize>(outHeight * outWidth) * pixel
  }
}

/** dx = sum over the taps that read it of dy times the tap's weights w (kernelHeight, kernelWidth, channels). */
export function depthwiseInputGradient(
  dy: usize, w: usize, dx: usize, images: i32, height: i32, width: i32, channels: usize, outHeight: i32, outWidth: i32,
  kernelHeight: i32, kernelWidth: i32, strideY: i32, strideX: i32, top: i32, left: i32,
): void {
  const pixel = channels << 2
  memory.fill(dx, 0, <usize>(images * height * width) * pixel)
  for (let n = 0; n < images; n++) {
    for (let y = 0; y < height; y++) {
      for (let at = 0; at < width; at++) {
        const to = dx + <usize>(y * width + at) * pixel
        for (let ky = (y + top) % strideY; ky < kernelHeight; ky += strideY) {
          const oy = (y + top - ky) / strideY
          if (y + top < ky || oy >= outHeight) continue
          for (let kx = (at + left) % strideX; kx < kernelWidth; kx += strideX) {
            const ox = (at + left - kx) / strideX
            if (at + left < kx || ox >= outWidth) continue
            const from = dy + <usize>(oy * outWidth + ox) * pixel
            addProduct(from, w + <usize>(ky * kernelWidth + kx) * pixel, to, channels)
          }
        }
      }
    }
    dy += <usize>(outHeight * outWidth) * pixel
    dx += <usize>(height * width) * pixel
  }
}
