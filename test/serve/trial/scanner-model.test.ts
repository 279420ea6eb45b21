import assert from "node:assert/strict"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { ScannerSettings } from "@sourceprint/capture/fingerprint/twin/scanner-settings.js"
import { SyntheticImpressions } from "@sourceprint/capture/fingerprint/twin/synthetic-impressions.js"
import { fitScanners } from "@sourceprint/cli/trial/fit-scanners.js"
import { loadPredictor, writeScannerModel } from "@sourceprint/serve/trial/scanner-model.js"

const touches = new SyntheticImpressions(11, ScannerSettings.parse({}))
const touch = (person: string, unit: string, impression: number) =>
  touches.impression({ finger: `${person}/right-index`, unit, session: 0, impression }).image

test("either model of a trial is written, read and tells its unit; v2 refuses a unit that it never saw", async () => {
  const units = ["unit-1", "unit-2"]
  const people = ["p1", "p2", "p3", "p4"]
  const images = people.flatMap((person) =>
    units.flatMap((unit) => [0, 1].map((i) => ({ person, unit, image: touch(person, unit, i) }))),
  )
  for (const model of ["noise-reference", "noise-reference-v2"] as const) {
    const folder = await mkdtemp(join(tmpdir(), "scanner-model-"))
    try {
      const fitted = await fitScanners(images, units, model)
      assert.equal(fitted[0].model.kind, model === "noise-reference" ? "noise-reference-v1" : model)
      await writeScannerModel(folder, fitted[0])
      const predictor = await loadPredictor(folder)
      const probes = ["unit-1", "unit-2", "unit-9"].map((unit) => touch("p1", unit, 5))
      const [own, other, unseen] = await predictor.predict(probes)
      assert.deepEqual([own.accepted, other.accepted], [true, false], model)
      if (model === "noise-reference-v2") assert.equal(unseen.accepted, false)
    } finally {
      await rm(folder, { recursive: true })
    }
  }
})
