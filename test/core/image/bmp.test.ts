import assert from "node:assert/strict"
import { test } from "node:test"
import { AppError } from "@sourceprint/core/errors.js"
import { decodeBmp, encodeBmp } from "@sourceprint/core/image/bmp.js"
import { Rng } from "@sourceprint/core/rng.js"
import fc from "fast-check"
import { writeBmp } from "../../support/bmp-writer.js"

const greys = (n: number) =>
  Array.from({ length: n }, (_, i) => {
    const value = Math.round((i * 255) / (n - 1))
    return [value, value, value] as const
  })

test("reads every depth, both row orders, core and info headers", () => {
  const rng = new Rng("bmp")
  for (const bits of [1, 4, 8] as const) {
    for (const width of [1, 7, 8, 9, 31, 33]) {
      for (const variant of [{}, { topDown: true }, { core: true }]) {
        const palette = greys(2 ** bits)
        const pixels = Uint8Array.from({ length: width * 5 }, () => rng.below(2 ** bits))
        const decoded = decodeBmp(writeBmp({ width, height: 5, bits, pixels, palette, ...variant }))
        assert.equal(decoded.channels, 1)
        assert.equal(decoded.bitsPerSample, bits)
        assert.deepEqual(
          decoded.image.pixels,
          pixels.map((index) => palette[index][0]),
        )
      }
    }
  }
  for (const bits of [24, 32] as const) {
    for (const topDown of [false, true]) {
      const pixels = Uint8Array.from({ length: 7 * 5 * 3 }, () => rng.below(256))
      const decoded = decodeBmp(writeBmp({ width: 7, height: 5, bits, pixels, topDown }))
      assert.equal(decoded.channels, 3)
      assert.deepEqual(decoded.image.pixels, pixels)
      assert.equal(decoded.image.dpi, 500)
    }
  }
})

test("a palette that is not grey gives colour, an inverted grey palette gives grey", () => {
  const pixels = Uint8Array.of(0, 1, 1, 0)
  const colour = decodeBmp(
    writeBmp({
      width: 2,
      height: 2,
      bits: 1,
      pixels,
      palette: [
        [255, 0, 0],
        [0, 0, 255],
      ],
    }),
  )
  assert.deepEqual([...colour.image.pixels], [255, 0, 0, 0, 0, 255, 0, 0, 255, 255, 0, 0])
  const inverted = decodeBmp(
    writeBmp({
      width: 2,
      height: 2,
      bits: 1,
      pixels,
      palette: [
        [255, 255, 255],
        [0, 0, 0],
      ],
    }),
  )
  assert.deepEqual([...inverted.image.pixels], [255, 0, 0, 255])
})

test("what is written is read again, with its resolution", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), fc.nat(), (width, height, seed) => {
      const rng = new Rng(seed)
      const pixels = Uint8Array.from({ length: width * height }, () => rng.below(256))
      const decoded = decodeBmp(encodeBmp({ width, height, pixels, dpi: 569 }))
      assert.deepEqual(decoded.image, { width, height, pixels, dpi: 569 })
    }),
    { numRuns: 50 },
  )
})

test("a resolution that nobody knows is written as none", () => {
  const bytes = encodeBmp({ width: 2, height: 1, pixels: Uint8Array.of(1, 2) })
  assert.equal(new DataView(bytes.buffer).getInt32(38, true), 0)
  assert.equal(decodeBmp(bytes).image.dpi, undefined)
})

test("every truncation is refused, random headers never crash", () => {
  const whole = encodeBmp({ width: 3, height: 2, pixels: Uint8Array.of(1, 2, 3, 4, 5, 6) })
  for (let length = 0; length < whole.length; length++) {
    assert.throws(() => decodeBmp(whole.subarray(0, length)), AppError)
  }
  const rng = new Rng("mutate")
  for (let i = 0; i < 20_000; i++) {
    const mutated = whole.slice()
    for (let k = 0; k < 3; k++) mutated[rng.below(54)] = rng.below(256)
    try {
      const { image } = decodeBmp(mutated)
      assert.ok(image.pixels.length >= image.width * image.height)
    } catch (e) {
      assert.ok(e instanceof AppError, String(e))
    }
  }
})
