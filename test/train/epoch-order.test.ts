import assert from "node:assert/strict"
import { test } from "node:test"
import { Rng } from "@sourceprint/core/rng.js"
import { classWeights, epochOrder, type ImageClass } from "@sourceprint/train/epoch-order.js"
import fc from "fast-check"

const images = fc
  .array(fc.integer({ min: 0, max: 3 }), { minLength: 2, maxLength: 40 })
  .map((scanners): ImageClass[] => [
    { label: 1, scanner: "0" },
    { label: 0, scanner: "1" },
    ...scanners.map((scanner) => ({ label: scanner === 0 ? 1 : 0, scanner: String(scanner) })),
  ])
const count = (list: readonly ImageClass[], label: number): number =>
  list.filter((image) => image.label === label).length

test("the same seed gives the same order, and without balancing every row once", () => {
  fc.assert(
    fc.property(images, fc.integer({ min: 1, max: 3 }), fc.nat(), (list, patches, seed) => {
      const order = epochOrder(list, patches, "none", new Rng(seed))
      assert.deepEqual(order, epochOrder(list, patches, "none", new Rng(seed)))
      assert.equal(new Set(order.map(({ image, patch }) => `${image}/${patch}`)).size, list.length * patches)
      assert.equal(order.length, list.length * patches)
    }),
  )
})

test("oversampling shows both classes equally often and leaves no image out", () => {
  fc.assert(
    fc.property(images, fc.nat(), (list, seed) => {
      const shown = epochOrder(list, 1, "oversample", new Rng(seed)).map(({ image }) => image)
      const labels = shown.map((i) => list[i])
      assert.equal(count(labels, 1), count(labels, 0))
      assert.equal(new Set(shown).size, list.length)
    }),
  )
})

test("undersampling shows every target image once and others evenly over their scanners", () => {
  fc.assert(
    fc.property(images, fc.nat(), (list, seed) => {
      const shown = epochOrder(list, 1, "undersample", new Rng(seed)).map(({ image }) => image)
      assert.equal(new Set(shown).size, shown.length)
      const targets = count(list, 1)
      assert.equal(
        count(
          shown.map((i) => list[i]),
          1,
        ),
        targets,
      )
      const others = shown.map((i) => list[i]).filter(({ label }) => label === 0)
      assert.equal(others.length, Math.min(targets, count(list, 0)))
      const taken = (scanner: string): number => others.filter((image) => image.scanner === scanner).length
      const has = (scanner: string): number => list.filter((image) => image.scanner === scanner).length
      const open = ["1", "2", "3"].filter((scanner) => taken(scanner) < has(scanner)).map(taken)
      const most = Math.max(0, ...["1", "2", "3"].map(taken))
      assert.ok(
        open.every((n) => n >= most - 1),
        "only a scanner that ran out may be behind",
      )
    }),
  )
})

test("class weights sum to one a row on average and give both classes the same total", () => {
  fc.assert(
    fc.property(images, (list) => {
      const [others, target] = classWeights(list, "class-weight")
      const totals = [others * count(list, 0), target * count(list, 1)]
      assert.ok(Math.abs(totals[0] - totals[1]) < 1e-9)
      assert.ok(Math.abs(totals[0] + totals[1] - list.length) < 1e-9)
      assert.deepEqual(classWeights(list, "none"), [1, 1])
    }),
  )
})
