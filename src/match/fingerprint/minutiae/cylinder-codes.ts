import { cylinder } from "./parameters.js"

/** Rotation-free bit descriptors, one a minutia. Bits of one section fill two words; a section's cells and the validity
 *  words share their layout, so that common cells are one AND away. */
export interface CylinderCodes {
  /** count × wordsPerCode */
  readonly bits: Int32Array
  /** count × 2: cells of the disc that lie inside the print */
  readonly valid: Int32Array
}

const { side, sections, radiusPx } = cylinder
const cellSide = (2 * radiusPx) / side
/** Centres of the cells inside the disc, relative to the minutia, x along its direction. */
const cells = Array.from({ length: side * side }, (_, i) => ({
  u: ((i % side) - (side - 1) / 2) * cellSide,
  v: (Math.floor(i / side) - (side - 1) / 2) * cellSide,
})).filter(({ u, v }) => Math.hypot(u, v) <= radiusPx)

export const cellsPerSection = cells.length
export const wordsPerSection = 2
export const wordsPerCode = sections * wordsPerSection
const reach = radiusPx + 3 * cylinder.sigmaPx
const degrees = 720
/** Share of a Gaussian of sigmaRad that falls into one section's width, by the angle between them. */
const angular = Float32Array.from({ length: degrees }, (_, i) => {
  const angle = ((i + 0.5) / degrees) * 2 * Math.PI - Math.PI
  const half = Math.PI / sections
  const steps = 40
  let sum = 0
  for (let k = 0; k < steps; k++) {
    const t = angle - half + ((k + 0.5) / steps) * 2 * half
    sum += Math.exp(-(t * t) / (2 * cylinder.sigmaRad ** 2))
  }
  return (sum * 2 * half) / steps / (cylinder.sigmaRad * Math.sqrt(2 * Math.PI))
})

/** Codes of minutiae at (x, y) pixels with angles in radians; `inside` tells whether a point belongs to the print. */
export function cylinderCodes(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  angleRad: ArrayLike<number>,
  inside: (x: number, y: number) => boolean,
): CylinderCodes {
  const count = x.length
  const bits = new Int32Array(count * wordsPerCode)
  const valid = new Int32Array(count * wordsPerSection)
  const sums = new Float32Array(cellsPerSection * sections)
  const peak = 1 / (cylinder.sigmaPx * Math.sqrt(2 * Math.PI))
  for (let m = 0; m < count; m++) {
    sums.fill(0)
    const cos = Math.cos(angleRad[m])
    const sin = Math.sin(angleRad[m])
    for (let n = 0; n < count; n++) {
      const dx = x[n] - x[m]
      const dy = y[n] - y[m]
      if (n === m || dx * dx + dy * dy > reach * reach) continue
      const nu = dx * cos + dy * sin
      const nv = dy * cos - dx * sin
      const turn = angleRad[n] - angleRad[m]
      for (let c = 0; c < cellsPerSection; c++) {
        const du = cells[c].u - nu
        const dv = cells[c].v - nv
        const squared = du * du + dv * dv
        if (squared > 9 * cylinder.sigmaPx ** 2) continue
        const spatial = peak * Math.exp(-squared / (2 * cylinder.sigmaPx ** 2))
        for (let s = 0; s < sections; s++) {
          sums[s * cellsPerSection + c] += spatial * angularShare(sectionAngle(s) - turn)
        }
      }
    }
    for (let c = 0; c < cellsPerSection; c++) {
      const word = c >> 5
      const bit = 1 << (c & 31)
      const px = x[m] + cells[c].u * cos - cells[c].v * sin
      const py = y[m] + cells[c].u * sin + cells[c].v * cos
      if (!inside(px, py)) continue
      valid[m * wordsPerSection + word] |= bit
      for (let s = 0; s < sections; s++) {
        if (sums[s * cellsPerSection + c] >= cylinder.bitThreshold) {
          bits[m * wordsPerCode + s * wordsPerSection + word] |= bit
        }
      }
    }
  }
  return { bits, valid }
}

const sectionAngle = (section: number): number => ((section + 0.5) / sections) * 2 * Math.PI - Math.PI

function angularShare(angle: number): number {
  const turns = angle / (2 * Math.PI) + 0.5
  return angular[Math.min(degrees - 1, Math.floor((turns - Math.floor(turns)) * degrees))]
}

/** Set bits of a 32-bit word. */
export function popcount(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555)
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333)
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
