import assert from "node:assert/strict"
import { test } from "node:test"
import { imageFigures, judgedSet, signInFigures, signIns } from "../../bench/prove/presentation.js"
import { withoutData } from "../support/shared-data.js"

test("spoofs are judged and signed in by models that saw nothing of their fingers", {
  skip: withoutData("biometrika"),
}, async () => {
  const size = {
    fingers: ["2", "10", "20"],
    impressions: 4,
    folds: 3,
    choices: [{ without: ["occupancy", "contrast", "cooccurrence"], penalty: 0.0005 }],
    accounts: 1,
  } as const
  const judged = await judgedSet(size, () => {})
  const figures = imageFigures(judged.folds)
  assert.deepEqual(
    judged.folds.map(({ samples }) => new Set(samples.map(({ subject }) => subject)).size),
    [1, 1, 1],
  )
  assert.match(figures.find(({ name }) => name === "BPCER")?.note ?? "", / of 12,/)
  assert.match(figures.find(({ name }) => name === "APCER, attack")?.note ?? "", / of 12,/)
  const found = await signIns({ ...judged, folds: judged.folds.slice(0, 1) }, size, () => {})
  const lines = signInFigures(found)
  assert.equal(found.enrolledAlive.filter(({ species }) => species === undefined).length, 1)
  assert.ok(lines.every(({ value }) => Number.isFinite(value)))
})
