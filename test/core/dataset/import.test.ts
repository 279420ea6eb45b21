import assert from "node:assert/strict"
import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { test } from "node:test"
import { fvcLayout } from "@sourceprint/core/dataset/import/fvc-layout.js"
import { importDataset, noteLines, resolutionLine } from "@sourceprint/core/dataset/import/import-dataset.js"
import { patternLayout } from "@sourceprint/core/dataset/import/layout.js"
import { systemALayout } from "@sourceprint/core/dataset/import/system-a-layout.js"
import { readManifest } from "@sourceprint/core/dataset/manifest.js"
import { hasCode } from "@sourceprint/core/errors.js"
import { encodeBmp } from "@sourceprint/core/image/bmp.js"
import { Rng } from "@sourceprint/core/rng.js"
import { sharedData, withoutData } from "../../support/shared-data.js"

async function folderOf(paths: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "import-"))
  const rng = new Rng("import")
  for (const path of paths) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    const pixels = Uint8Array.from({ length: 64 }, () => rng.below(256))
    await writeFile(join(folder, path), encodeBmp({ width: 8, height: 8, pixels, dpi: 508 }))
  }
  return folder
}

test("layouts read labels from names", () => {
  assert.deepEqual(fvcLayout("shared/data/fvc2002/DB2_B/107_8.tif"), {
    scanner: "fvc2002-db2",
    scannerModel: "Biometrika FX2000",
    subject: "fvc2002-db2-107",
    finger: "107",
    impression: 8,
    session: "",
    collection: "set-b",
    dpi: 569,
  })
  assert.equal(fvcLayout("data/DB9_B/1_1.tif")?.scanner, "data-db9")
  assert.equal(fvcLayout("faces/s1/1.pgm"), undefined)
  assert.equal(systemALayout("x/Sensor3/Sensor3fingerprint12.bmp")?.scanner, "sensor3")
  assert.equal(systemALayout("x/Sensor10/Image7.bmp")?.impression, 7)
  const trial = systemALayout("trials/Sensor1Maria4.bmp")
  assert.deepEqual([trial?.collection, trial?.subject, trial?.impression], ["trial", "maria", 4])
})

test("patterns: named parts, stars, endings; faults are named", () => {
  const layout = patternLayout("{scanner}/{subject}_{finger}_{impression}.bmp")
  const labels = layout("any/where/S1/ann_left-index_3.BMP")
  assert.deepEqual(
    [labels?.scanner, labels?.subject, labels?.finger, labels?.impression],
    ["S1", "ann", "left-index", 3],
  )
  assert.equal(layout("S1/ann_2.bmp"), undefined)
  assert.equal(patternLayout("{scanner}-*-{subject}")("a-x-b.png")?.subject, "b")
  for (const bad of ["{subject}.bmp", "{scanner}/{colour}.bmp", "{scanner}/{scanner}.bmp", "{scanner/x"]) {
    assert.throws(
      () => patternLayout(bad),
      (e) => hasCode(e, "import/pattern"),
    )
  }
})

test("imports in place, refuses bad files by name, and a second time changes nothing", async () => {
  const from = await folderOf(["S1/ann_1_1.bmp", "S1/ann_1_2.bmp", "S2/bob_2_1.bmp"])
  await writeFile(join(from, "S2", "bob_2_2.bmp"), "BM and then nothing")
  await writeFile(join(from, "notes.txt"), "x")
  const into = await mkdtemp(join(tmpdir(), "dataset-"))
  const options = { from, into, layout: "{scanner}/{subject}_{finger}_{impression}.bmp" }
  const first = await importDataset(options)
  assert.equal(first.samples.length, 3)
  assert.deepEqual(first.ignored, ["notes.txt"])
  assert.equal(first.refused.length, 1)
  assert.match(first.refused[0].reason, /bob_2_2/)
  assert.equal(first.samples[0].dpi, 508)
  const manifest = await readFile(join(into, "manifest.csv"), "utf8")
  assert.equal((await importDataset(options)).changed, false)
  assert.equal(await readFile(join(into, "manifest.csv"), "utf8"), manifest)
  assert.deepEqual(await readManifest(into), first.samples)
  assert.match(await readFile(join(into, "card.md"), "utf8"), /3 images, 2 scanners/)
})

test("a copy keeps the bytes", async () => {
  const from = await folderOf(["S1/ann_1_1.bmp"])
  const into = await mkdtemp(join(tmpdir(), "dataset-"))
  const { samples } = await importDataset({
    from,
    into,
    layout: "{scanner}/{subject}_{finger}_{impression}",
    copy: true,
  })
  assert.equal(samples[0].path, "S1/ann_1_1.bmp")
  assert.deepEqual(await readFile(join(into, samples[0].path)), await readFile(join(from, "S1/ann_1_1.bmp")))
})

test("a resolution is what was stated, what the layout knows, what a credible tag says, or unknown", async () => {
  const from = await folderOf(["S1/ann_1_1.bmp"])
  const screen = encodeBmp({ width: 8, height: 8, pixels: new Uint8Array(64), dpi: 96 })
  await writeFile(join(from, "S1", "ann_1_2.bmp"), screen)
  const layout = "{scanner}/{subject}_{finger}_{impression}.bmp"
  const imported = async (dpi?: number | "unknown") => {
    const into = await mkdtemp(join(tmpdir(), "dataset-"))
    const result = await importDataset({ from, into, layout, dpi })
    assert.deepEqual(await readManifest(into), result.samples)
    return { result, text: await readFile(join(into, "manifest.csv"), "utf8") }
  }
  const guessed = await imported()
  assert.deepEqual(
    guessed.result.samples.map((s) => s.dpi),
    [508, "unknown"],
  )
  assert.match(guessed.text, /,unknown,/)
  assert.match(resolutionLine(guessed.result), /1 images as the files' tags say, 1 images unknown: state it with --dpi/)
  assert.match(noteLines(guessed.result).join(), /ann_1_2\.bmp: its tag says 96 dpi/)
  assert.deepEqual(
    (await imported(385)).result.samples.map((s) => s.dpi),
    [385, 385],
  )
  assert.deepEqual(
    (await imported("unknown")).result.samples.map((s) => s.dpi),
    ["unknown", "unknown"],
  )
})

test("nothing found is an error that says what was seen", async () => {
  const from = await folderOf(["S1/x.bmp"])
  await assert.rejects(
    importDataset({ from, into: from, layout: "fvc" }),
    (e) => hasCode(e, "import/nothing") && /1 files seen/.test(e.message),
  )
  await assert.rejects(importDataset({ from: "/nowhere", into: from, layout: "fvc" }), (e) =>
    hasCode(e, "import/folder"),
  )
})

test("the competitions' folders give eight scanners", { skip: withoutData("fvc2002") }, async () => {
  const into = await mkdtemp(join(tmpdir(), "dataset-"))
  const from = dirname(sharedData("fvc2002") ?? "")
  const { samples, refused } = await importDataset({
    from,
    only: ["fvc2000", "fvc2002"],
    into,
    layout: "fvc",
  })
  assert.equal(samples.length, 640)
  assert.equal(new Set(samples.map((s) => s.scanner)).size, 8)
  assert.equal(refused.length, 0)
})
