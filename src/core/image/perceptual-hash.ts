import type { GrayImage } from "./gray-image.js"
import { resize } from "./resize.js"

const SIDE = 16

/** Difference hash: is each of 16 × 16 coarse pixels darker than its right neighbour? 256 bits as 8 words. Two files of
 *  one touch (another format, brightness, compression) differ in few bits; two touches of one finger in many. */
export function perceptualHash(image: GrayImage): Uint32Array {
  const small = resize(image, SIDE + 1, SIDE)
  const hash = new Uint32Array((SIDE * SIDE) / 32)
  for (let bit = 0; bit < SIDE * SIDE; bit++) {
    const at = Math.floor(bit / SIDE) * (SIDE + 1) + (bit % SIDE)
    if (small.pixels[at] < small.pixels[at + 1]) hash[bit >> 5] |= 1 << (bit & 31)
  }
  return hash
}

const popcount = (word: number): number => {
  let v = word - ((word >>> 1) & 0x55555555)
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333)
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}

/** Number of differing bits, 0 to 256. */
export function hashDistance(a: Uint32Array, b: Uint32Array): number {
  let distance = 0
  for (let i = 0; i < a.length; i++) distance += popcount(a[i] ^ b[i])
  return distance
}
