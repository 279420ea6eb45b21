// Direct convolution over NHWC images. Row ky of the window is one contiguous run of kernelWidth * channels floats, so
// no im2row copy is made: only the zero border, where there is one, is written around a copy of the image.
import { copyBlock, tileDot, tileOuter } from "./tile"

const EDGE_ROW: usize = 32 // bytes of one tile row in the edge buffer of 4 x 8 floats

/** Copies (height, width, channels) into the middle of a zeroed (paddedHeight, paddedWidth, channels). */
export function padImage(
  x: usize, height: usize, width: usize, channels: usize, top: usize, left: usize,
  paddedHeight: usize, paddedWidth: usize, out: usize,
): void {
  const pixel = channels << 2
  const row = paddedWidth * pixel
  memory.fill(out, 0, paddedHeight * row)
  copyBlock(x, width * pixel, out + top * row + left * pixel, row, height, width * channels)
}

/** Panels of a (K, columns) matrix: for every 8 columns the 8 start values (bias or 0), then K rows of 8; what lies
 *  beyond the last column is 0. Takes ceil(columns / 8) * (K + 1) * 32 bytes. */
export function packPanels(w: usize, k: usize, columns: usize, bias: usize, out: usize): void {
  for (let c: usize = 0; c < columns; c += 8) {
    const n = min<usize>(8, columns - c)
    for (let j: usize = 0; j < 8; j++) {
      store<f32>(out + (j << 2), bias != 0 && j < n ? load<f32>(bias + ((c + j) << 2)) : 0)
    }
    out += 32
    for (let i: usize = 0; i < k; i++) {
      const from = w + ((i * columns + c) << 2)
      if (n == 8) {
        v128.store(out, v128.load(from))
        v128.store(out, v128.load(from, 16), 16)
      } else {
        for (let j: usize = 0; j < 8; j++) store<f32>(out + (j << 2), j < n ? load<f32>(from + (j << 2)) : 0)
      }
      out += 32
    }
  }
}

/** Panels for the input gradient: the taps ky = firstY + strideY * j of a (kh, kw, inputs, outputs) filter, last tap
 *  first, with inputs and outputs exchanged: K = tapsY * tapsX * outputs, columns = inputs. */
export function packTurnedPanels(
  w: usize, kw: usize, inputs: usize, outputs: usize, firstY: usize, strideY: usize, tapsY: usize,
  firstX: usize, strideX: usize, tapsX: usize, out: usize,
): void {
  for (let c: usize = 0; c < inputs; c += 8) {
    const n = min<usize>(8, inputs - c)
    memory.fill(out, 0, 32)
    out += 32
    for (let ty = tapsY; ty > 0; ty--) {
      for (let tx = tapsX; tx > 0; tx--) {
        const tap = (firstY + strideY * (ty - 1)) * kw + firstX + strideX * (tx - 1)
        for (let o: usize = 0; o < outputs; o++) {
          const from = w + (((tap * inputs + c) * outputs + o) << 2)
          for (let j: usize = 0; j < 8; j++) {
            store<f32>(out + (j << 2), j < n ? load<f32>(from + ((j * outputs) << 2)) : 0)
          }
          out += 32
        }
      }
    }
  }
}

/** One image: out pixel (y, x) lies at out + y * outRow + x * outPixel and sees `kernelRows` runs of `run` floats from
 *  x + y * xRow + x * xPixel, `tapRow` bytes apart. All distances in bytes. `edge` is 128 free bytes. */
export function convolve(
  x: usize, xRow: usize, xPixel: usize, tapRow: usize, height: usize, width: usize, kernelRows: i32, run: i32,
  panels: usize, out: usize, outRow: usize, outPixel: usize, columns: usize, activation: i32, edge: usize,
): void {
  const pixels = height * width
  const last = pixels - 1
  const panelBytes: usize = (<usize>(kernelRows * run) + 1) << 5
  const skip = tapRow - (<usize>run << 2)
  // 48 pixels see rows that fit the first-level cache together with one panel.
  for (let chunk: usize = 0; chunk < pixels; chunk += 48) {
    const end = min(chunk + 48, pixels)
    let panel = panels
    for (let c: usize = 0; c < columns; c += 8) {
      const whole = c + 8 <= columns
      for (let p = chunk; p < end; p += 4) {
        let py = p / width
        let px = p - py * width
        const a0 = x + py * xRow + px * xPixel
        const t0 = out + py * outRow + px * outPixel + (c << 2)
        if (p < last) { px++; if (px == width) { px = 0; py++ } }
        const a1 = x + py * xRow + px * xPixel
        const t1 = out + py * outRow + px * outPixel + (c << 2)
        if (p + 1 < last) { px++; if (px == width) { px = 0; py++ } }
        const a2 = x + py * xRow + px * xPixel
        const t2 = out + py * outRow + px * outPixel + (c << 2)
        if (p + 2 < last) { px++; if (px == width) { px = 0; py++ } }
        const a3 = x + py * xRow + px * xPixel
        const t3 = out + py * outRow + px * outPixel + (c << 2)
        const o0 = whole ? t0 : edge
        const o1 = whole ? t1 : edge + EDGE_ROW
        const o2 = whole ? t2 : edge + 2 * EDGE_ROW
        const o3 = whole ? t3 : edge + 3 * EDGE_ROW
        tileDot(a0, a1, a2, a3, kernelRows, run, skip, panel, o0, o1, o2, o3, false, activation)
        if (!whole) {
          const bytes = (columns - c) << 2
          memory.copy(t0, o0, bytes)
          memory.copy(t1, o1, bytes)
          memory.copy(t2, o2, bytes)
          memory.copy(t3, o3, bytes)
        }
      }
      panel += panelBytes
    }
  }
}

/** Adds one image's filter gradient to dw (kernelRows, run, columns): sums over its pixels of what the tap saw times
 *  dy (height, width, dyColumns). `dyColumns` is at least `columns`, a multiple of 8 and its padding is 0. */
export function filterGradient(
  x: usize, xRow: usize, xPixel: usize, tapRow: usize, height: usize, width: usize, kernelRows: usize, run: usize,
  dy: usize, dyColumns: usize, dw: usize, columns: usize, edge: usize,
): void {
  const dyPixel = dyColumns << 2
  // About 96 pixels at a time: their inputs and gradients stay in the first-level cache while all tiles pass over them.
  const step = max<usize>(1, 96 / width)
  const skip = xRow - width * xPixel
  const dwRow = columns << 2
  for (let y: usize = 0; y < height; y += step) {
    const rows = <i32>min(step, height - y)
    const gradient = dy + y * width * dyPixel
    for (let ky: usize = 0; ky < kernelRows; ky++) {
      const seen = x + y * xRow + ky * tapRow
      for (let m: usize = 0; m < run; m += 4) {
        for (let c: usize = 0; c < columns; c += 8) {
          const target = dw + (ky * run + m) * dwRow + (c << 2)
          if (m + 4 <= run && c + 8 <= columns) {
            tileOuter(
              seen + (m << 2), xPixel, skip, gradient + (c << 2), dyPixel, rows, <i32>width,
              target, target + dwRow, target + 2 * dwRow, target + 3 * dwRow, true,
            )
          } else {
            const tileRows = min<usize>(4, run - m)
            const tileColumns = min<usize>(8, columns - c)
            copyBlock(target, dwRow, edge, EDGE_ROW, tileRows, tileColumns)
            tileOuter(
              seen + (m << 2), xPixel, skip, gradient + (c << 2), dyPixel, rows, <i32>width,
              edge, edge + EDGE_ROW, edge + 2 * EDGE_ROW, edge + 3 * EDGE_ROW, true,
            )
            copyBlock(edge, EDGE_ROW, target, dwRow, tileRows, tileColumns)
          }
        }
      }
    }
  }
}
