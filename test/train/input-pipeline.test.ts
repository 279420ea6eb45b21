import assert from "node:assert/strict"
import { readdir, truncate } from "node:fs/promises"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { readManifest } from "@sourceprint/core/dataset/manifest.js"
import type { Sample } from "@sourceprint/core/dataset/sample.js"
import { hasCode } from "@sourceprint/core/errors.js"
import { readGrayImage } from "@sourceprint/core/image/read-image.js"
import type { InputContract } from "@sourceprint/model/input-contract.js"
import { encodeImage } from "@sourceprint/model/view/encode-image.js"
import { datasetImages, openInputs, prepareInputs } from "@sourceprint/train/input-pipeline.js"
import { zooEntry } from "@sourceprint/train/zoo/registry.js"
import { type TinyScanners, tinyScanners } from "../support/tiny-scanners.js"

const view = { region: { kind: "common-window", sidePx: 80 }, patches: { sidePx: 64, grid: 2 } } as const
const contracts: InputContract[] = ["small-cnn", "texture-mlp"].map((id) => zooEntry(id).plan({}, view).input)

let tiny: TinyScanners
let samples: Sample[]
before(async () => {
  tiny = await tinyScanners({ scanners: 2, fingers: 2 })
  samples = await readManifest(tiny.dataset)
})
after(() => tiny.remove())

test("prepared inputs are what prediction sees, in any order, and are prepared once", async () => {
  const folder = join(tiny.folder, "inputs")
  await prepareInputs(folder, datasetImages(tiny.dataset), samples, contracts)
  const order = [5, 0, 3]
  for (const contract of contracts) {
    const inputs = await openInputs(folder, contract, order)
    assert.equal(inputs.count, 3)
    for (const [i, index] of order.entries()) {
      const image = await readGrayImage(join(tiny.dataset, samples[index].path))
      assert.deepEqual(inputs.rows(i), encodeImage(image, contract))
    }
  }
  const files = await readdir(folder)
  assert.equal(files.length, 2, "one region for both contracts, rows for the features alone")
  let steps = 0
  const count = { start: () => {}, update: () => void steps++, stop: () => {} }
  await prepareInputs(folder, datasetImages(tiny.dataset), samples, contracts, count)
  assert.equal(steps, 0)
})

test("a cut file is made again, and named where nobody may make it", async () => {
  const folder = join(tiny.folder, "cut")
  await prepareInputs(folder, datasetImages(tiny.dataset), samples, contracts.slice(0, 1))
  const [name] = await readdir(folder)
  await truncate(join(folder, name), 100)
  await assert.rejects(openInputs(folder, contracts[0], [7]), (e) => hasCode(e, "inputs/missing"))
  await prepareInputs(folder, datasetImages(tiny.dataset), samples, contracts.slice(0, 1))
  assert.equal((await openInputs(folder, contracts[0], [7])).count, 1)
})

test("an image that cannot be read is named", async () => {
  const missing = [{ ...samples[0], path: "gone.bmp" }]
  await assert.rejects(
    prepareInputs(join(tiny.folder, "bad"), datasetImages(tiny.dataset), missing, contracts),
    (e) => e instanceof Error && e.message.includes("gone.bmp"),
  )
  assert.deepEqual(await readdir(join(tiny.folder, "bad")), [], "no half file stays")
})
