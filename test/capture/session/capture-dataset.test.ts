import assert from "node:assert/strict"
import { existsSync } from "node:fs"
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { expandImage, packNibbles } from "@sourceprint/capture/fingerprint/r307/image-decoder.js"
import { CaptureDataset } from "@sourceprint/capture/session/capture-dataset.js"
import type { CaptureRecord } from "@sourceprint/capture/session/capture-record.js"
import { verifyDataset } from "@sourceprint/capture/session/verify-dataset.js"
import { readManifest, writeManifest } from "@sourceprint/core/dataset/manifest.js"
import { hasCode } from "@sourceprint/core/errors.js"
import { encodeBmp } from "@sourceprint/core/image/bmp.js"
import { ridgePattern } from "../../support/ridge-pattern.js"
import { mountSmallDisk, unmount, withoutSmallDisk } from "../../support/small-disk.js"

const fresh = async (): Promise<string> => join(await mkdtemp(join(tmpdir(), "capture-")), "set")
const packed = packNibbles(ridgePattern(1))
const bmp = encodeBmp(expandImage(packed, { width: 256, height: 288 }, "x17", 500))

function save(dataset: CaptureDataset, impression: number) {
  return dataset.save(
    bmp,
    packed,
    ({ sha256, rawSha256 }): CaptureRecord => ({
      sample: {
        path: `unit-01/p01_${impression}.bmp`,
        sha256,
        scanner: "unit-01",
        scannerModel: "R307",
        subject: "p01",
        finger: "right-index",
        impression,
        session: "1",
        widthPx: 256,
        heightPx: 288,
        dpi: 500,
        bitDepth: 4,
        collection: "main",
      },
      rawSha256,
      expansion: "x17",
      sensor: "test",
      baud: 57600,
      packetSizeBytes: 128,
      transfers: 1,
      transferMs: 1,
      capturedAt: "2026-01-01T00:00:00.000Z",
      quality: {},
      overruled: [],
      operator: "",
      plan: "p",
      simulated: true,
    }),
  )
}

test("a touch is image, raw bytes, record and row; the same path twice is refused; removing removes all", async () => {
  const folder = await fresh()
  const { dataset } = await CaptureDataset.open(folder)
  await save(dataset, 1)
  await save(dataset, 2)
  assert.deepEqual((await readdir(join(folder, "unit-01"))).sort(), [
    "p01_1.bmp",
    "p01_1.json",
    "p01_1.nib",
    "p01_2.bmp",
    "p01_2.json",
    "p01_2.nib",
  ])
  await assert.rejects(save(dataset, 1), (e) => hasCode(e, "dataset/exists"))
  await dataset.remove("unit-01/p01_1.bmp")
  assert.equal((await dataset.samples()).length, 1)
  assert.equal((await readdir(join(folder, "unit-01"))).length, 3)
  assert.deepEqual((await verifyDataset(folder)).findings, [])
  dataset.close()
})

test("verify names every kind of damage", async () => {
  const folder = await fresh()
  const { dataset } = await CaptureDataset.open(folder)
  for (let i = 1; i <= 5; i++) await save(dataset, i)
  const at = (name: string): string => join(folder, "unit-01", name)
  await rm(at("p01_1.bmp"))
  await writeFile(at("p01_2.bmp"), "not an image")
  await writeFile(at("p01_3.nib"), "x")
  await writeManifest(
    folder,
    (await readManifest(folder)).filter(({ impression }) => impression !== 4),
  )
  await writeFile(at("stray.bmp"), bmp)
  const { findings } = await verifyDataset(folder)
  for (const part of [
    "p01_1.bmp: a row without",
    "p01_2.bmp: the image is not",
    "p01_3.nib: not the bytes",
    "p01_4.bmp: a file without",
    "stray.bmp: a file without",
  ]) {
    assert.ok(
      findings.some((finding) => finding.includes(part)),
      `${part} in ${findings.join("; ")}`,
    )
  }
  dataset.close()
})

test("a change that was decided is finished, one that was not leaves nothing", async () => {
  const folder = await fresh()
  const { dataset } = await CaptureDataset.open(folder)
  await save(dataset, 1)
  const [sample] = await dataset.samples()
  dataset.close()
  const staged = join(folder, ".capture/pending/aa")
  await mkdir(staged, { recursive: true })
  await writeFile(join(staged, "0"), bmp)
  const undecided = join(folder, ".capture/pending/bb")
  await mkdir(undecided)
  await writeFile(join(undecided, "0"), bmp.subarray(0, 100))
  await writeFile(join(folder, ".0123456789ab.tmp"), "half a manifest")
  await mkdir(join(folder, "sessions"))
  await writeFile(join(folder, "sessions/.0123456789ab.tmp"), "half a log")
  const path = "unit-01/imported.bmp"
  await writeFile(
    join(staged, "commit.json"),
    JSON.stringify({ kind: "add", sample: { ...sample, path }, files: [path] }),
  )
  const verdict = await verifyDataset(folder)
  assert.deepEqual(verdict.recovery, { completed: [path], discarded: 1 })
  assert.deepEqual(verdict.findings, [])
  assert.equal(verdict.rows, 2)
  assert.deepEqual(await readdir(join(folder, ".capture/pending")), [])
  assert.equal(existsSync(join(folder, ".0123456789ab.tmp")), false)
})

test("a full disk is said clearly and nothing is lost", { skip: withoutSmallDisk() }, async () => {
  const disk = mountSmallDisk("400k")
  try {
    const { dataset } = await CaptureDataset.open(disk)
    let saved = 0
    await assert.rejects(
      async () => {
        for (;;) {
          await save(dataset, saved + 1)
          saved++
        }
      },
      (e) => hasCode(e, "file/disk-full") && /disk is full.*free some and run again/.test(e.message),
    )
    assert.ok(saved >= 1)
    const verdict = await verifyDataset(disk)
    assert.deepEqual(verdict.findings, [])
    assert.equal(verdict.rows, saved)
    await dataset.remove("unit-01/p01_1.bmp")
    await save(dataset, saved + 1)
    assert.deepEqual((await verifyDataset(disk)).findings, [])
    dataset.close()
  } finally {
    unmount(disk)
  }
})
