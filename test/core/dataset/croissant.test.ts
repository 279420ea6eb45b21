import assert from "node:assert/strict"
import { test } from "node:test"
import { croissant } from "@sourceprint/core/dataset/croissant.js"
import { formatManifest } from "@sourceprint/core/dataset/manifest.js"
import { Sample } from "@sourceprint/core/dataset/sample.js"
import { parse } from "csv-parse/sync"

const sample = Sample.parse({
  path: "unit-1/ada_1.bmp",
  sha256: "0".repeat(64),
  scanner: "unit-1",
  scannerModel: "",
  subject: "ada",
  finger: "right-index",
  impression: 1,
  session: "1",
  widthPx: 256,
  heightPx: 288,
  dpi: "unknown",
  bitDepth: 4,
  collection: "main",
})
interface Described {
  readonly license?: string
  readonly recordSet: readonly { field: readonly { name: string; dataType: string; description: string }[] }[]
}
const facts = { name: "pilot", date: "2026-01-02", sha256: "1".repeat(64) }

test("each column of the manifest is described once, those of attacks where there are some", () => {
  for (const samples of [[sample], [{ ...sample, presentation: "attack" as const, species: "gelatine" }]]) {
    const [row]: Record<string, string>[] = parse(formatManifest(samples), { columns: true })
    const [{ field }] = (croissant(samples, facts) as Described).recordSet
    assert.deepEqual(
      field.map(({ name }) => name),
      Object.keys(row),
    )
    for (const { name, dataType, description } of field) {
      const isNumber = ["impression", "widthPx", "heightPx", "bitDepth"].includes(name)
      assert.equal(dataType, isNumber ? "sc:Integer" : "sc:Text")
      assert.ok(description.length > 5)
    }
  }
})

test("nothing that nobody stated is made up", () => {
  assert.equal((croissant([sample], facts) as Described).license, undefined)
  assert.equal((croissant([sample], { ...facts, license: "CC0-1.0" }) as Described).license, "CC0-1.0")
})
