import { LBP_BINS, lbpBinOf } from "./local-binary-pattern.js"
import { LOCAL_PHASE_BINS } from "./local-phase.js"
import { sectorsMirrored } from "./power-spectrum.js"
import { textureV1Groups } from "./texture-v1.js"
import { TEXTURE_V2_LENGTH } from "./texture-v2.js"

/** Bit of a binary pattern -> its bit in the picture mirrored left to right, top to bottom. */
const PATTERN_BITS = { x: [2, 1, 0, 7, 6, 5, 4, 3], y: [6, 5, 4, 3, 2, 1, 0, 7] } as const
type Axis = keyof typeof PATTERN_BITS

const bitsOf = (code: number): number[] => Array.from({ length: 8 }, (_, bit) => (code >> bit) & 1)
const codeOf = (bits: readonly number[]): number => bits.reduce((code, value, bit) => code | (value << bit), 0)

function patternBins(axis: Axis): number[] {
  const bins = new Array<number>(LBP_BINS).fill(0)
  for (let code = 0; code < 256; code++) {
    const mirrored = new Array<number>(8).fill(0)
    bitsOf(code).forEach((value, bit) => {
      mirrored[PATTERN_BITS[axis][bit] ?? 0] = value
    })
    bins[lbpBinOf[code] ?? 0] = lbpBinOf[codeOf(mirrored)] ?? 0
  }
  return bins
}

/** A mirrored picture has the conjugates of the frequencies along the axis, and its two diagonals change places. */
function phaseBins(axis: Axis): number[] {
  return Array.from({ length: LOCAL_PHASE_BINS }, (_, code) => {
    const [re0 = 0, im0 = 0, re1 = 0, im1 = 0, re2 = 0, im2 = 0, re3 = 0, im3 = 0] = bitsOf(code)
    return codeOf(
      axis === "x"
        ? [re0, 1 - im0, re1, im1, re3, 1 - im3, re2, 1 - im2]
        : [re0, im0, re1, 1 - im1, re3, im3, re2, im2],
    )
  })
}

const placesOf = (axis: Axis): Uint16Array => {
  const { spectrum, lbp, ...rest } = textureV1Groups
  const parts = [
    sectorsMirrored(),
    ...Array.from({ length: lbp / LBP_BINS }, () => patternBins(axis)),
    Array.from({ length: Object.values(rest).reduce((a, b) => a + b, 0) }, (_, i) => i), // the same in a mirror
    phaseBins(axis),
  ]
  const places = new Uint16Array(TEXTURE_V2_LENGTH)
  let offset = 0
  for (const part of parts) {
    part.forEach((place, i) => {
      places[offset + i] = offset + place
    })
    offset += part.length
  }
  return places
}

const mirrors = [placesOf("x"), placesOf("y")] as const

/** The mean of `textureV2` vectors of a patch and of its three mirror images, from that of the patch alone: a finger
 *  lies any way round, so a model that learns from the mean learns from four times the fingers. Exact but for codes of
 *  local phase whose signs are undecided and for quantiles of the gradient. @param vector TEXTURE_V2_LENGTH numbers */
export function mirroredTexture(vector: Float32Array): Float32Array {
  return mirrors.reduce((sum, places) => {
    const mean = new Float32Array(sum.length)
    places.forEach((place, i) => {
      mean[i] = (mean[i] ?? 0) + (sum[i] ?? 0) / 2
      mean[place] = (mean[place] ?? 0) + (sum[i] ?? 0) / 2
    })
    return mean
  }, vector)
}
