import assert from "node:assert/strict"
import { test } from "node:test"
import { type GrayImage, grayImage } from "@sourceprint/core/image/gray-image.js"
import { isForgery, Perturbation, perturbationName, perturbed } from "@sourceprint/core/image/perturbation.js"
import { Rng } from "@sourceprint/core/rng.js"

function picture(side: number, low = 40, high = 200): GrayImage {
  const image = grayImage(side, side)
  image.pixels.forEach((_, i) => {
    image.pixels[i] = Math.round(low + ((high - low) * (1 + Math.sin(i / 3) * Math.cos(i / 90))) / 2)
  })
  return image
}
const image = picture(40)
const after = (steps: readonly unknown[], seed = "x", reference?: GrayImage): Promise<GrayImage> =>
  perturbed(
    image,
    steps.map((step) => Perturbation.parse(step)),
    new Rng(seed),
    reference,
  )

test("sizes, levels and greys after each step are those that its name says", async () => {
  const small = await after([{ kind: "rescale", factor: 0.9 }])
  assert.deepEqual([small.width, small.height], [36, 36])
  const back = await after([{ kind: "rescale-back" }])
  assert.equal(back.width, 40)
  assert.notDeepEqual(back.pixels, image.pixels)
  const coarse = await after([{ kind: "levels", bits: 4 }])
  assert.ok(coarse.pixels.every((value) => value % 17 === 0))
  const lighter = await after([{ kind: "brightness", add: 10 }])
  assert.ok(lighter.pixels.every((value, i) => value === Math.min(255, image.pixels[i] + 10)))
  const flat = await after([{ kind: "equalise" }])
  assert.deepEqual([Math.min(...flat.pixels), Math.max(...flat.pixels)], [0, 255])
  const turned = await after([{ kind: "rotate", degrees: 180 }])
  assert.deepEqual(turned.pixels, image.pixels.toReversed())
  const dark = await after([{ kind: "gamma", gamma: 2 }])
  assert.ok(dark.pixels.every((value, i) => value === Math.round(image.pixels[i] ** 2 / 255)))
  const [fine, rough] = await Promise.all([95, 10].map((quality) => after([{ kind: "jpeg", quality }])))
  const distance = (other: GrayImage): number =>
    other.pixels.reduce((sum, v, i) => sum + Math.abs(v - image.pixels[i]), 0)
  assert.ok(distance(fine) > 0 && distance(fine) < distance(rough))
})

test("noise follows from the seed; a chain is its steps one after the other", async () => {
  const noise = { kind: "noise", sigma: 3 }
  assert.deepEqual(await after([noise], "a"), await after([noise], "a"))
  assert.notDeepEqual(await after([noise], "a"), await after([noise], "b"))
  const chain = [
    { kind: "brightness", add: 10 },
    { kind: "levels", bits: 2 },
  ] as const
  const first = await after([chain[0]])
  assert.deepEqual(await after(chain), await perturbed(first, [chain[1]], new Rng("x")))
  assert.equal(perturbationName(chain), "brightness 10 + levels 2")
})

test("a forgery has the grey levels of the target's image, in the order of its own", async () => {
  const reference = picture(30, 90, 120)
  const forged = await after([{ kind: "match-grey-levels" }], "x", reference)
  assert.ok(forged.pixels.every((value) => reference.pixels.includes(value)))
  const order = (a: number, b: number): boolean => forged.pixels[a] <= forged.pixels[b]
  for (let i = 1; i < 400; i++) if (image.pixels[i - 1] < image.pixels[i]) assert.ok(order(i - 1, i))
  assert.equal(isForgery([{ kind: "match-grey-levels" }]), true)
  await assert.rejects(after([{ kind: "match-grey-levels" }]), RangeError)
})
