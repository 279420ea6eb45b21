import assert from "node:assert/strict"
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { test } from "node:test"
import { fvcLayout } from "@sourceprint/core/dataset/import/fvc-layout.js"
import { importDataset, noteLines, resolutionLine } from "@sourceprint/core/dataset/import/import-dataset.js"
import { patternLayout } from "@sourceprint/core/dataset/import/layout.js"
import { systemALayout } from "@sourceprint/core/dataset/import/system-a-layout.js"
import { readManifest, writeManifest } from "@sourceprint/core/dataset/manifest.js"
import { readVersion, readVersions, restoreVersion } from "@sourceprint/core/dataset/versions.js"
import { hasCode } from "@sourceprint/core/errors.js"
import { encodeBmp } from "@sourceprint/core/image/bmp.js"
import { Rng } from "@sourceprint/core/rng.js"
import { sharedData, withoutData } from "../../support/shared-data.js"
import { sampleOf } from "../../support/small-dataset.js"

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

test("a folder of fingers and one of artefacts become one dataset, labelled by what was presented", async () => {
  const from = await folderOf(["s/live/ann_1.bmp", "s/spoof/ann_1.bmp"])
  const into = await mkdtemp(join(tmpdir(), "dataset-"))
  const layoutOf = (part: string): string => `{scanner}/${part}/{subject}_{impression}.bmp`
  await importDataset({ from, into, layout: layoutOf("live"), presentation: "bona-fide" })
  const attacks = { layout: layoutOf("spoof"), presentation: "attack", species: "gelatine", onLoss: "keep" } as const
  await importDataset({ from, into, ...attacks })
  assert.deepEqual(
    (await readManifest(into)).map(({ path, presentation, species }) => [
      /live|spoof/.exec(path)?.[0],
      presentation,
      species,
    ]),
    [
      ["live", "bona-fide", undefined],
      ["spoof", "attack", "gelatine"],
    ],
  )
  for (const folder of [from, into]) await rm(folder, { recursive: true })
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

const layout = "{scanner}/{subject}_{finger}_{impression}.bmp"
const freshFolder = (): Promise<string> => mkdtemp(join(tmpdir(), "dataset-"))

test("an import that would lose rows or labels writes nothing and lists them; the old manifest is kept", async () => {
  const from = await folderOf(["S1/ann_1_1.bmp", "S1/ann_1_2.bmp", "S2/ann_1_1.bmp"])
  const into = await freshFolder()
  await importDataset({ from, into, layout })
  const edited = (await readManifest(into)).map((sample) =>
    sample.impression === 2 ? { ...sample, subject: "eve", dpi: 385 } : sample,
  )
  await writeManifest(into, edited)
  await rm(join(from, "S2"), { recursive: true })
  await assert.rejects(importDataset({ from, into, layout }), (e) => {
    assert.ok(hasCode(e, "import/would-lose"))
    assert.match(e.message, /1 gone, 1 changed, 0 new/)
    assert.match(e.message, /- \S*S2\/ann_1_1\.bmp \(S2 ann 1\)/)
    assert.match(e.message, /~ \S*ann_1_2\.bmp: subject eve -> ann, dpi 385 -> 508/)
    return true
  })
  assert.deepEqual(await readManifest(into), edited)

  const { version, samples } = await importDataset({ from, into, layout, onLoss: "replace" })
  assert.deepEqual([version, samples.length], [3, 2])
  assert.deepEqual(
    (await readVersions(into))?.map(({ number, by, images }) => [number, by, images]),
    [
      [1, "import", 3],
      [2, "found", 3],
      [3, "import", 2],
    ],
  )
  assert.deepEqual(await readVersion(into, 2), edited)
  assert.equal((await restoreVersion(into, 2, Date.now())).number, 4)
  assert.deepEqual(await readManifest(into), edited)
  await assert.rejects(restoreVersion(into, 9, 0), (e) => hasCode(e, "dataset/version") && /1, 2, 3, 4/.test(e.message))
})

test("--keep adds what is new and leaves what people made; new images alone need no flag", async () => {
  const from = await folderOf(["S1/ann_1_1.bmp"])
  const into = await freshFolder()
  await importDataset({ from, into, layout })
  await writeFile(join(from, "S1", "ann_1_2.bmp"), encodeBmp({ width: 8, height: 8, pixels: new Uint8Array(64) }))
  assert.equal((await importDataset({ from, into, layout })).difference.added.length, 1)
  const edited = (await readManifest(into)).map((sample) => ({ ...sample, subject: "eve" }))
  await writeManifest(into, edited)
  await writeFile(
    join(from, "S1", "ann_1_3.bmp"),
    encodeBmp({ width: 8, height: 8, pixels: new Uint8Array(64).fill(9) }),
  )
  const { samples, difference } = await importDataset({ from, into, layout, onLoss: "keep" })
  assert.deepEqual(samples.slice(0, 2), edited)
  assert.deepEqual([samples.length, difference.added.length, difference.changed.length], [3, 1, 0])
})

test("a folder that no import made is refused, whatever it holds", async () => {
  const from = await folderOf(["S1/ann_1_1.bmp"])
  const captured = await freshFolder()
  await writeManifest(captured, [sampleOf({})])
  const photos = await folderOf(["x.bmp"])
  for (const into of [captured, photos]) {
    for (const onLoss of [undefined, "replace"] as const) {
      await assert.rejects(importDataset({ from, into, layout, onLoss }), (e) => hasCode(e, "import/not-imported"))
    }
  }
  assert.equal((await readManifest(captured)).length, 1)
  const old = await freshFolder() // as imports left it that kept no versions
  await importDataset({ from, into: old, layout })
  await rm(join(old, "versions"), { recursive: true })
  assert.equal((await importDataset({ from, into: old, layout })).changed, false)
})

test("several folders make one dataset; copies do not meet", async () => {
  const [one, two] = [await folderOf(["S1/ann_1_1.bmp"]), await folderOf(["S2/ann_1_1.bmp", "S1/ann_1_2.bmp"])]
  for (const copy of [false, true]) {
    const into = await freshFolder()
    const { samples } = await importDataset({ from: [one, two], into, layout, copy })
    assert.deepEqual(samples.map(({ scanner, impression }) => `${scanner} ${impression}`).sort(), [
      "S1 1",
      "S1 2",
      "S2 1",
    ])
    for (const { path } of samples) assert.ok((await readFile(join(into, path))).length > 0)
  }
})

test("a copy never takes the place of another file", async () => {
  const from = await folderOf(["S1/ann_1_1.bmp"])
  const into = await freshFolder()
  await importDataset({ from, into, layout, copy: true })
  await writeFile(join(into, "S1/ann_1_1.bmp"), "retouched by hand")
  await assert.rejects(importDataset({ from, into, layout, copy: true }), (e) => hasCode(e, "import/nothing"))
  assert.equal(await readFile(join(into, "S1/ann_1_1.bmp"), "utf8"), "retouched by hand")
})

test("names are one spelling: decomposed letters and spaces at the ends make no second scanner", async () => {
  const from = await folderOf(["Ge\u0301rard/ann_1_1.bmp", "G\u00e9rard /bob_1_1.bmp"])
  const { samples } = await importDataset({ from, into: await freshFolder(), layout })
  assert.deepEqual([...new Set(samples.map(({ scanner }) => scanner))], ["G\u00e9rard"])
})

test("an image at the top is no scanner, a folder that is a link is one, an unknown --only is an error", async () => {
  const from = await folderOf(["S1/ann_1_1.bmp", "bob_1_1.bmp"])
  const elsewhere = await folderOf(["bob_1_2.bmp"])
  await symlink(elsewhere, join(from, "S2"))
  const { samples, ignored } = await importDataset({ from, into: await freshFolder(), layout })
  assert.deepEqual(
    samples.map(({ scanner }) => scanner),
    ["S1", "S2"],
  )
  assert.deepEqual(ignored, ["bob_1_1.bmp"])
  await assert.rejects(
    importDataset({ from, only: ["S1", "S3"], into: await freshFolder(), layout }),
    (e) => hasCode(e, "import/only") && /S3.*there are S1, S2, bob/.test(e.message),
  )
  await assert.rejects(
    importDataset({ from: join(from, "S1"), into: await freshFolder(), layout }),
    (e) => hasCode(e, "import/nothing") && e.message.includes(`fits below ${from}: name that`),
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
