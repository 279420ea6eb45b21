import { type CylinderCodes, cellsPerSection, popcount, wordsPerCode } from "./cylinder-codes.js"
import { cylinder } from "./parameters.js"

const roots = Float32Array.from({ length: cellsPerSection * cylinder.sections + 1 }, (_, i) => Math.sqrt(i))
const minCommonCells = cylinder.minCommon * cellsPerSection

/** Similarity in [0, 1] of every cylinder of `a` with every one of `b`, row-major (count of a) × (count of b):
 *  1 - ‖A xor B‖ / (‖A‖ + ‖B‖) over the cells both prints have; 0 where those are too few. */
export function localSimilarity(a: CylinderCodes, b: CylinderCodes): Float32Array {
  const countA = a.valid.length / 2
  const countB = b.valid.length / 2
  const result = new Float32Array(countA * countB)
  for (let i = 0; i < countA; i++) {
    for (let j = 0; j < countB; j++) {
      const low = a.valid[2 * i] & b.valid[2 * j]
      const high = a.valid[2 * i + 1] & b.valid[2 * j + 1]
      if (popcount(low) + popcount(high) < minCommonCells) continue
      let different = 0
      let inA = 0
      let inB = 0
      const startA = i * wordsPerCode
      const startB = j * wordsPerCode
      for (let w = 0; w < wordsPerCode; w += 2) {
        const a0 = a.bits[startA + w] & low
        const a1 = a.bits[startA + w + 1] & high
        const b0 = b.bits[startB + w] & low
        const b1 = b.bits[startB + w + 1] & high
        different += popcount(a0 ^ b0) + popcount(a1 ^ b1)
        inA += popcount(a0) + popcount(a1)
        inB += popcount(b0) + popcount(b1)
      }
      if (inA > 0 && inB > 0) result[i * countB + j] = 1 - roots[different] / (roots[inA] + roots[inB])
    }
  }
  return result
}
