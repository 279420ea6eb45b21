import assert from "node:assert/strict"
import { test } from "node:test"
import { grayImage } from "@sourceprint/core/image/gray-image.js"
import { Rng } from "@sourceprint/core/rng.js"
import { LEVEL_TRANSITIONS_LENGTH, levelTransitions } from "@sourceprint/model/features/level-transitions.js"

/** Straight from the definition. */
function slowly(width: number, height: number, pixels: Uint8Array): number[] {
  const out: number[] = []
  const clip = (d: number): number => Math.max(-2, Math.min(2, d))
  for (const [low, high] of [
    [0, 6],
    [6, 11],
    [11, 16],
  ]) {
    const counts = new Map<string, number>()
    let total = 1
    for (let y = 0; y + 3 < height; y++) {
      for (let x = 0; x + 3 < width; x++) {
        for (const [dx, dy] of [
          [1, 0],
          [0, 1],
        ]) {
          const level = (n: number): number => Math.floor(pixels[(y + n * dy) * width + x + n * dx] / 16)
          if (level(1) < low || level(1) >= high) continue
          const key = [0, 1, 2].map((n) => clip(level(n + 1) - level(n))).join()
          counts.set(key, (counts.get(key) ?? 0) + 1)
          total++
        }
      }
    }
    for (let a = -2; a <= 2; a++)
      for (let b = -2; b <= 2; b++)
        for (let c = -2; c <= 2; c++) out.push(Math.sqrt((counts.get([a, b, c].join()) ?? 0) / total))
  }
  return out
}

test("shares of transitions are those of the definition, whatever the picture", () => {
  const rng = new Rng(2)
  for (const [width, height] of [
    [9, 7],
    [16, 16],
  ]) {
    const image = grayImage(width, height)
    for (let i = 0; i < image.pixels.length; i++) image.pixels[i] = 17 * rng.below(16)
    const found = levelTransitions(image)
    assert.equal(found.length, LEVEL_TRANSITIONS_LENGTH)
    for (const [i, value] of slowly(width, height, image.pixels).entries()) assert.ok(Math.abs(found[i] - value) < 1e-6)
  }
})

test("the lowest bits, which the line does not carry, change nothing", () => {
  const image = grayImage(12, 12)
  for (let i = 0; i < image.pixels.length; i++) image.pixels[i] = 17 * ((i * 7) % 16)
  const cut = { ...image, pixels: image.pixels.map((grey) => grey & 0xf0) }
  assert.deepEqual(levelTransitions(cut), levelTransitions(image))
})
