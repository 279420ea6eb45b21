import assert from "node:assert/strict"
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { TwinDatasetPlan } from "@sourceprint/capture/fingerprint/twin/dataset/dataset-plan.js"
import { makeTwinDataset } from "@sourceprint/capture/fingerprint/twin/dataset/make-twin-dataset.js"
import { readTwinPlan } from "@sourceprint/capture/fingerprint/twin/dataset/read-twin-plan.js"
import { checkDataset } from "@sourceprint/core/dataset/check-dataset.js"
import { readManifest } from "@sourceprint/core/dataset/manifest.js"
import { hasCode } from "@sourceprint/core/errors.js"
import { readGrayImage } from "@sourceprint/core/image/read-image.js"

const root = await mkdtemp(join(tmpdir(), "twin-dataset-"))
after(() => rm(root, { recursive: true, force: true }))
const plan = TwinDatasetPlan.parse({ people: 3, fingersPerPerson: 1, units: 2, impressions: 2 })

async function contents(folder: string): Promise<Map<string, string>> {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((f) => f.isFile())
  const paths = files.map((file) => join(file.parentPath, file.name)).sort()
  return new Map(
    await Promise.all(paths.map(async (path) => [path.slice(folder.length), await readFile(path, "base64")] as const)),
  )
}

test("an interrupted dataset continues and ends with the same bytes as one made in one go", async () => {
  const whole = join(root, "whole", "set")
  const parts = join(root, "parts", "set")
  assert.deepEqual(await makeTwinDataset(whole, plan, { workers: 2 }), {
    images: 12,
    written: 12,
    complete: true,
  })
  const controller = new AbortController()
  const first = await makeTwinDataset(parts, plan, {
    workers: 1,
    signal: controller.signal,
    progress: { start: () => {}, stop: () => {}, update: (done) => done >= 4 && controller.abort() },
  })
  assert.ok(!first.complete && first.written < 12, JSON.stringify(first))
  await assert.rejects(readManifest(parts), (e) => hasCode(e, "manifest/missing"))
  const second = await makeTwinDataset(parts, plan, { workers: 1 })
  assert.deepEqual(second, { images: 12, written: 12 - first.written, complete: true })
  assert.deepEqual(await contents(parts), await contents(whole))
  assert.equal((await makeTwinDataset(parts, plan)).written, 0)
})

test("the manifest fits the files, and the files are 4-bit images of 256 x 288 at 500 dpi", async () => {
  const folder = join(root, "whole", "set")
  const samples = await readManifest(folder)
  const findings = await checkDataset(folder, samples)
  assert.deepEqual([findings.unreadable, findings.altered, findings.duplicates], [[], [], []])
  assert.equal(samples.length, 12)
  assert.deepEqual([...new Set(samples.map((s) => s.scanner))], ["unit-01", "unit-02"])
  assert.equal(new Set(samples.map((s) => s.subject)).size, 3)
  const image = await readGrayImage(join(folder, samples[0].path))
  assert.deepEqual([image.width, image.height, image.dpi], [256, 288, 500])
  assert.ok(image.pixels.every((level) => level % 17 === 0))
  assert.ok(samples.every((s) => s.bitDepth === 4 && s.dpi === 500 && s.session === "1"))
  assert.match(await readFile(join(folder, "card.md"), "utf8"), /simulated/i)
})

test("a folder with another plan or another dataset is left alone", async () => {
  const other = { ...plan, seed: 2 }
  await assert.rejects(makeTwinDataset(join(root, "whole", "set"), other), (e) => hasCode(e, "twin/other-plan"))
  const foreign = join(root, "foreign")
  await makeTwinDataset(foreign, TwinDatasetPlan.parse({ people: 1, fingersPerPerson: 1, units: 1, impressions: 1 }))
  await rm(join(foreign, "twin-dataset.json"))
  await assert.rejects(makeTwinDataset(foreign, plan), (e) => hasCode(e, "twin/other-plan"))
})

test("a plan comes from a file and the command line, and says which field is wrong", async () => {
  const path = join(root, "plan.yaml")
  await writeFile(path, "people: 7\nscanner:\n  units:\n    prnu: 0.02\n")
  const read = await readTwinPlan(path, { units: 3, unitStrength: 0.5, people: undefined })
  assert.deepEqual([read.people, read.units, read.scanner.unitStrength], [7, 3, 0.5])
  assert.equal(read.scanner.units.prnu, 0.02)
  await assert.rejects(
    readTwinPlan(undefined, { people: 0 }),
    (e) => hasCode(e, "twin/plan") && /people/.test(e.message),
  )
  await writeFile(path, "people: [")
  await assert.rejects(readTwinPlan(path, {}), (e) => hasCode(e, "twin/plan"))
  await writeFile(path, "- 3")
  await assert.rejects(readTwinPlan(path, {}), (e) => hasCode(e, "twin/plan"))
  await assert.rejects(readTwinPlan(join(root, "none.yaml"), {}), (e) => hasCode(e, "twin/plan"))
})
