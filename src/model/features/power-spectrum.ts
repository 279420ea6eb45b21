import { fourier2d } from "./fourier.js"

/** Tiles of the mean power spectrum, pixels. */
export const TILE_PX = 64

const window = Float64Array.from(
  { length: TILE_PX },
  (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / TILE_PX),
)
/** Mean square of the two-dimensional window: with it, white noise of variance v has power v at every frequency. */
const WINDOW_POWER = (window.reduce((sum, w) => sum + w * w, 0) / TILE_PX) ** 2

const tileStarts = (length: number): number[] => {
  const slack = length - TILE_PX
  const count = 1 + Math.ceil(slack / (TILE_PX / 2))
  return Array.from({ length: count }, (_, i) => (count === 1 ? 0 : Math.round((i * slack) / (count - 1))))
}

/** Mean power spectrum (Welch: half-overlapping Hann tiles, each minus its mean) of a row-major signal:
 *  TILE_PX × TILE_PX, frequency (u, v) cycles a tile at [v * TILE_PX + u], in squared units of the signal a pixel.
 *  @throws RangeError when a side is shorter than TILE_PX */
export function powerSpectrum(signal: ArrayLike<number>, width: number, height: number): Float64Array {
  if (width < TILE_PX || height < TILE_PX)
    throw new RangeError(`a spectrum needs ${TILE_PX} × ${TILE_PX} pixels, not ${width} × ${height}`)
  const power = new Float64Array(TILE_PX * TILE_PX)
  const re = new Float64Array(power.length)
  const im = new Float64Array(power.length)
  const [tops, lefts] = [tileStarts(height), tileStarts(width)]
  for (const top of tops) {
    for (const left of lefts) {
      let mean = 0
      for (let y = 0; y < TILE_PX; y++) for (let x = 0; x < TILE_PX; x++) mean += signal[(top + y) * width + left + x]
      mean /= power.length
      for (let y = 0; y < TILE_PX; y++)
        for (let x = 0; x < TILE_PX; x++)
          re[y * TILE_PX + x] = (signal[(top + y) * width + left + x] - mean) * window[y] * window[x]
      im.fill(0)
      fourier2d(re, im, TILE_PX)
      for (let i = 0; i < power.length; i++) power[i] += re[i] * re[i] + im[i] * im[i]
    }
  }
  const scale = 1 / (tops.length * lefts.length * power.length * WINDOW_POWER)
  return power.map((p) => p * scale)
}

/** Far below the rounding noise of 8-bit grey (1/12); keeps the logarithm finite on flat patches. */
const POWER_FLOOR = 1e-3
const RINGS = 44
const BANDS = 8
const SECTORS = 4
const AXIS_BINS = 16
export const SPECTRUM_FEATURES = RINGS + BANDS * SECTORS + 2 * AXIS_BINS

/** Bin of each frequency in each of the three pictures, or -1. */
const bins = (() => {
  const ring = new Int16Array(TILE_PX * TILE_PX).fill(-1)
  const sector = new Int16Array(ring.length).fill(-1)
  const axis = new Int16Array(ring.length).fill(-1)
  const half = TILE_PX / 2
  for (let v = 0; v < TILE_PX; v++) {
    for (let u = 0; u < TILE_PX; u++) {
      const [fx, fy] = [u < half ? u : u - TILE_PX, v < half ? v : v - TILE_PX]
      const radius = Math.hypot(fx, fy)
      if (radius < 0.5) continue
      const i = v * TILE_PX + u
      ring[i] = Math.min(RINGS - 1, Math.round(radius) - 1)
      const turn = ((Math.atan2(fy, fx) / Math.PI + 1 + 0.5 / SECTORS) % 1) * SECTORS
      if (radius < half) sector[i] = Math.floor(turn) * BANDS + Math.floor((radius * BANDS) / half)
      const [ax, ay] = [Math.abs(fx), Math.abs(fy)]
      if (ay <= 1 && ax >= 2) axis[i] = Math.floor(((ax - 1) * AXIS_BINS) / half)
      else if (ax <= 1 && ay >= 2) axis[i] = AXIS_BINS + Math.floor(((ay - 1) * AXIS_BINS) / half)
    }
  }
  return [
    { of: ring, count: RINGS },
    { of: sector, count: BANDS * SECTORS },
    { of: axis, count: 2 * AXIS_BINS },
  ]
})()

/** Common logarithms of mean power: 44 rings of one cycle a tile (the last reaches the corner), 8 bands × 4 directions,
 *  and 16 bins along each axis, where row and column noise of a sensor lies. SPECTRUM_FEATURES numbers. */
export function spectrumFeatures(signal: ArrayLike<number>, width: number, height: number): Float64Array {
  const power = powerSpectrum(signal, width, height)
  const features = new Float64Array(SPECTRUM_FEATURES)
  let offset = 0
  for (const { of, count } of bins) {
    const sums = new Float64Array(count)
    const counts = new Uint32Array(count)
    of.forEach((bin, i) => {
      if (bin < 0) return
      sums[bin] += power[i]
      counts[bin]++
    })
    for (let bin = 0; bin < count; bin++)
      features[offset + bin] = Math.log10(POWER_FLOOR + (counts[bin] > 0 ? sums[bin] / counts[bin] : 0))
    offset += count
  }
  return features
}

/** Where each number of `spectrumFeatures` lies in that of the mirrored signal, along either axis: the two diagonal
 *  directions change places. */
export const sectorsMirrored = (): number[] =>
  Array.from({ length: SPECTRUM_FEATURES }, (_, i) => {
    const at = i - RINGS
    if (at < 0 || at >= BANDS * SECTORS) return i
    const sector = Math.floor(at / BANDS)
    return RINGS + ((SECTORS - sector) % SECTORS) * BANDS + (at % BANDS)
  })
