import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { mkdtemp, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { checkDataset, SAME_TOUCH_CORRELATION } from "@sourceprint/core/dataset/check-dataset.js"
import type { Sample } from "@sourceprint/core/dataset/sample.js"
import { encodeBmp } from "@sourceprint/core/image/bmp.js"
import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { imageStatistics } from "@sourceprint/core/image/image-statistics.js"
import { decodeImage, readGrayImage, toGray } from "@sourceprint/core/image/read-image.js"
import { resize } from "@sourceprint/core/image/resize.js"
import { thumbnail, thumbnailCorrelation } from "@sourceprint/core/image/thumbnail.js"
import { Rng } from "@sourceprint/core/rng.js"
import { datasetStatistics } from "@sourceprint/train/dataset-statistics.js"
import sharp from "sharp"
import { sharedData, withoutData } from "../../support/shared-data.js"
import { sampleOf } from "../../support/small-dataset.js"

/** Waves with a random direction: as coarse as a print, different for every seed. */
function waves(seed: number): GrayImage {
  const rng = new Rng(seed)
  const [a, b, c] = [rng.between(0.02, 0.2), rng.between(0.02, 0.2), rng.between(0, 6)]
  const pixels = Uint8Array.from(
    { length: 96 * 96 },
    (_, i) => 128 + 100 * Math.sin(a * (i % 96) + b * Math.floor(i / 96) + c),
  )
  return { width: 96, height: 96, pixels }
}

async function store(folder: string, labels: Partial<Sample>, image: GrayImage): Promise<Sample> {
  const bytes = encodeBmp(image)
  const sample = sampleOf({ ...labels, sha256: createHash("sha256").update(bytes).digest("hex") })
  const flat = { ...sample, path: sample.path.replace("/", "-") }
  await writeFile(join(folder, flat.path), bytes)
  return flat
}

test("finds copies, near copies, wrong labels, altered and unreadable files", async () => {
  const folder = await mkdtemp(join(tmpdir(), "check-"))
  const samples = [
    await store(folder, { subject: "p1" }, waves(1)),
    await store(folder, { subject: "p1", impression: 2 }, waves(1)),
    await store(folder, { subject: "p2", scanner: "b" }, { ...waves(1), pixels: waves(1).pixels.map((v) => v * 0.9) }),
    await store(folder, { subject: "p3", scanner: "b" }, waves(2)),
    await store(folder, { subject: "p4", scanner: "b" }, waves(3)),
  ]
  await writeFile(join(folder, samples[3].path), encodeBmp(waves(4)))
  await writeFile(join(folder, samples[4].path), "gone")
  const findings = await checkDataset(folder, samples)
  assert.deepEqual(findings.altered, [samples[3].path, samples[4].path])
  assert.deepEqual(
    findings.unreadable.map((u) => u.path),
    [samples[4].path],
  )
  assert.deepEqual(
    findings.duplicates.map((d) => [d.sameBytes, d.labelsDiffer]),
    [
      [true, false],
      [false, true],
      [false, true],
    ],
  )
  assert.equal(findings.imbalance, 1.5)
  assert.deepEqual(findings.scannersWithPeopleOfTheirOwn, ["a", "b"])
})

test("statistics by scanner agree with each image's own", async () => {
  const folder = await mkdtemp(join(tmpdir(), "stats-"))
  const samples = [
    await store(folder, {}, waves(1)),
    await store(folder, { impression: 2 }, waves(2)),
    await store(folder, { scanner: "b" }, waves(3)),
  ]
  samples.push({ ...samples[0], path: "gone.bmp", scanner: "c" })
  const { columns, rows, unreadable } = await datasetStatistics(folder, samples, "scanner")
  const contrast = columns.indexOf("contrast")
  const expected = (imageStatistics(waves(1)).contrast + imageStatistics(waves(2)).contrast) / 2
  assert.deepEqual(
    rows.map((row) => row.slice(0, 2)),
    [
      ["a", 2],
      ["b", 1],
    ],
  )
  assert.ok(Math.abs(Number(rows[0][contrast]) - expected) < 1e-6)
  assert.equal(unreadable.length, 1)
  assert.match(unreadable[0], /gone\.bmp: there is no such file/)
})

test("two touches stay below the bound, one touch saved again above", {
  skip: withoutData("fvc2002"),
}, async () => {
  const images: GrayImage[] = []
  for (let impression = 1; impression <= 8; impression++) {
    images.push(await readGrayImage(join(sharedData("fvc2002/DB3_B") ?? "", `110_${impression}.tif`)))
  }
  const small = images.map(thumbnail)
  for (let i = 0; i < 8; i++) {
    for (let j = 0; j < i; j++) assert.ok(thumbnailCorrelation(small[i], small[j]) < SAME_TOUCH_CORRELATION)
    const { width, height, pixels } = images[i]
    const raw = { raw: { width, height, channels: 1 as const } }
    const jpeg = await sharp(pixels, raw).toColourspace("b-w").jpeg({ quality: 60 }).toBuffer()
    for (const again of [
      toGray(await decodeImage(jpeg, "jpeg")),
      resize(images[i], Math.round(width * 0.97), Math.round(height * 0.97)),
      { width, height, pixels: pixels.map((v) => Math.min(255, v * 1.1)) },
    ]) {
      assert.ok(thumbnailCorrelation(small[i], thumbnail(again)) >= SAME_TOUCH_CORRELATION)
    }
  }
})
