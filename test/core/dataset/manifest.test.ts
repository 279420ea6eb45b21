import assert from "node:assert/strict"
import { mkdir, mkdtemp } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import {
  datasetHash,
  formatManifest,
  inCanonicalOrder,
  parseManifest,
  readManifest,
  readSamples,
  writeManifest,
} from "@sourceprint/core/dataset/manifest.js"
import { manifestColumns } from "@sourceprint/core/dataset/sample.js"
import { hasCode } from "@sourceprint/core/errors.js"
import { Rng } from "@sourceprint/core/rng.js"
import { stringify } from "csv-stringify/sync"
import fc from "fast-check"
import { crossedSamples, sampleOf } from "../../support/small-dataset.js"

test("what is written is read again, awkward text included", async () => {
  const folder = await mkdtemp(join(tmpdir(), "manifest-"))
  const samples = [sampleOf({ subject: 'O"Brien, J.\nline', finger: "é" }), sampleOf({ subject: "", finger: "" })]
  await writeManifest(folder, samples)
  assert.deepEqual(await readManifest(folder), samples)
  assert.equal(formatManifest(samples).split("\n")[0], manifestColumns.join(","))
})

test("a bad row names line and column", () => {
  const text = formatManifest([sampleOf({}), sampleOf({ impression: 2 })])
  const cases: readonly [string, RegExp][] = [
    [text.replace(/,500,/, ",fast,"), /line 2, column dpi: .*dots per inch, or "unknown"/],
    [text.replace(/^path,/, "file,"), /no column path; its first line is "file,sha256/],
    [text.replace("scanner,", "scanner,camera,"), /not known: camera/],
    ["\ufffd\ufffdp\0a\0t\0h\0", /UTF-16/],
    ["\n", /is empty/],
    [text.replace("p1_1_2", "p1_1_1"), /second time/],
    [`${text}only,three,cells\n`, /not a CSV table/],
  ]
  for (const [bad, reason] of cases) {
    assert.notEqual(bad, text)
    assert.throws(
      () => parseManifest(bad, "m.csv"),
      (e) => hasCode(e, "manifest/row") && reason.test(e.message),
    )
  }
})

test("columns may be parted by semicolons or tabs, and values may hold commas", () => {
  const samples = [sampleOf({ subject: "O'Brien, J." }), sampleOf({ impression: 2 })]
  for (const delimiter of [";", "\t"]) {
    const text = stringify(samples, { header: true, columns: [...manifestColumns], delimiter, bom: true })
    assert.deepEqual(parseManifest(text, "m.csv"), samples)
  }
})

test("a resolution that nobody knows is the word unknown; an empty cell means the same", () => {
  const text = formatManifest([sampleOf({ dpi: "unknown" })])
  assert.match(text, /,unknown,/)
  assert.equal(parseManifest(text, "m.csv")[0].dpi, "unknown")
  assert.equal(parseManifest(text.replace(",unknown,", ",,"), "m.csv")[0].dpi, "unknown")
})

test("a missing manifest says what to do", async () => {
  await assert.rejects(readManifest("/nowhere"), (e) => hasCode(e, "manifest/missing") && /data import/.test(e.message))
  const folder = await mkdtemp(join(tmpdir(), "manifest-"))
  await mkdir(join(folder, "manifest.csv"))
  await assert.rejects(
    readManifest(folder),
    (e) => hasCode(e, "manifest/unreadable") && /a folder, not a file/.test(e.message) && !/import/.test(e.message),
  )
})

test("the data hash ignores order and place, and sees labels and content", () => {
  const samples = crossedSamples({ scanners: 2, subjects: 2, fingers: 1, impressions: 2 })
  const hash = datasetHash(samples)
  assert.equal(datasetHash([...samples].reverse().map((s) => ({ ...s, path: `moved/${s.path}` }))), hash)
  assert.notEqual(datasetHash(samples.map((s, i) => (i === 0 ? { ...s, scanner: "other" } : s))), hash)
  assert.notEqual(datasetHash(samples.slice(1)), hash)
})

test("samples come in one order, whatever the order of rows and the names of files; the file stays", async () => {
  const labels = fc.record({
    scanner: fc.constantFrom("a", "b", "B", "é"),
    subject: fc.constantFrom("", "p1", "p10", "p2"),
    finger: fc.constantFrom("", "1"),
    session: fc.constantFrom("", "s2"),
    impression: fc.nat(11),
  })
  const rows = fc.uniqueArray(labels, { minLength: 2, maxLength: 20, selector: (row) => JSON.stringify(row) })
  fc.assert(
    fc.property(rows, fc.nat(), (all, seed) => {
      const samples = all.map((row, i) => sampleOf({ ...row, path: `${i}.bmp` }))
      const shuffled = new Rng(seed).shuffled(samples)
      const ordered = inCanonicalOrder(samples)
      assert.deepEqual(inCanonicalOrder(shuffled), ordered)
      const moved = inCanonicalOrder(shuffled.map((sample, i) => ({ ...sample, path: `moved/${i}.bmp` })))
      assert.deepEqual(
        moved.map(({ sha256 }) => sha256),
        ordered.map(({ sha256 }) => sha256),
        "two datasets with one hash have one order",
      )
    }),
    { seed: 3, numRuns: 300 },
  )
  const folder = await mkdtemp(join(tmpdir(), "manifest-"))
  const written = [sampleOf({ scanner: "b" }), sampleOf({ impression: 10 }), sampleOf({ impression: 2 })]
  await writeManifest(folder, written)
  assert.deepEqual(await readManifest(folder), written)
  assert.deepEqual(
    (await readSamples(folder)).map(({ scanner, impression }) => `${scanner}${impression}`),
    ["a2", "a10", "b1"],
  )
})

test("presentation and species are columns where a sample states them; without them the bytes are as they were", () => {
  const plain = sampleOf({})
  const attack = sampleOf({ impression: 2, presentation: "attack", species: "gelatine" })
  const text = formatManifest([plain, attack])
  assert.match(text, /,collection,presentation,species\n/)
  assert.deepEqual(parseManifest(text, "m.csv"), [plain, attack])
  assert.ok(!formatManifest([plain]).includes("presentation"))
  assert.throws(
    () => parseManifest(text.replace(",attack,", ",bona-fide,"), "m.csv"),
    (e) => hasCode(e, "manifest/row") && /column species: only an attack has a species/.test(e.message),
  )
})
