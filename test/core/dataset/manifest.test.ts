import assert from "node:assert/strict"
import { mkdtemp } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import {
  datasetHash,
  formatManifest,
  parseManifest,
  readManifest,
  writeManifest,
} from "@sourceprint/core/dataset/manifest.js"
import { manifestColumns } from "@sourceprint/core/dataset/sample.js"
import { hasCode } from "@sourceprint/core/errors.js"
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
    [text.replace(/,500,/, ",fast,"), /line 2, column dpi/],
    [text.replace(/^path,/, "file,"), /line 2/],
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

test("a missing manifest says what to do", async () => {
  await assert.rejects(readManifest("/nowhere"), (e) => hasCode(e, "manifest/missing") && /data import/.test(e.message))
})

test("the data hash ignores order and place, and sees labels and content", () => {
  const samples = crossedSamples({ scanners: 2, subjects: 2, fingers: 1, impressions: 2 })
  const hash = datasetHash(samples)
  assert.equal(datasetHash([...samples].reverse().map((s) => ({ ...s, path: `moved/${s.path}` }))), hash)
  assert.notEqual(datasetHash(samples.map((s, i) => (i === 0 ? { ...s, scanner: "other" } : s))), hash)
  assert.notEqual(datasetHash(samples.slice(1)), hash)
})
