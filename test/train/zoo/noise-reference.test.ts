import assert from "node:assert/strict"
import { test } from "node:test"
import { hasCode } from "@sourceprint/core/errors.js"
import { Rng } from "@sourceprint/core/rng.js"
import { readClassicalModel } from "@sourceprint/model/read-classical-model.js"
import { logisticRegression } from "@sourceprint/train/zoo/logistic-regression.js"
import type { LabelledRows } from "@sourceprint/train/zoo/model-entry.js"
import { noiseReference } from "@sourceprint/train/zoo/noise-reference.js"

const LENGTH = 400
const patterns = Array.from({ length: 4 }, (_, s) => {
  const rng = new Rng(`pattern ${s}`)
  return Float32Array.from({ length: LENGTH }, () => rng.normal())
})

/** Rows of four simulated sensors: a weak fixed pattern (0.4) under noise of deviation 1. Sensor 2 is the target. */
function simulated(perSensor: number, seed: number): LabelledRows {
  const rng = new Rng(seed)
  const count = 4 * perSensor
  const rows = new Float32Array(count * LENGTH)
  const sources = Uint16Array.from({ length: count }, (_, i) => i % 4)
  sources.forEach((source, i) => {
    for (let j = 0; j < LENGTH; j++) rows[i * LENGTH + j] = 0.4 * patterns[source][j] + rng.normal()
  })
  return { rows, rowLength: LENGTH, sources, labels: Uint8Array.from(sources, (s) => (s === 2 ? 1 : 0)) }
}

const { recipe } = noiseReference.plan(undefined, { region: { kind: "sensor-window", sidePx: 128 } })
assert.equal(recipe.kind, "classical")

test("it finds a pattern far below the noise, and says how sure it is", () => {
  if (recipe.kind !== "classical") return assert.fail("not classical")
  const model = recipe.fit(simulated(20, 1), simulated(20, 2), 0)
  const probes = simulated(50, 3)
  const scores = model.predict(probes.rows)
  const wrong = [...scores].filter((score, i) => score >= 0.5 !== (probes.labels[i] === 1)).length
  assert.ok(wrong <= 2, `${wrong} of 200 wrong`)
})

test("saved and read again it is the same model; a cut file is refused", () => {
  if (recipe.kind !== "classical") return assert.fail("not classical")
  const model = recipe.fit(simulated(8, 4), simulated(8, 5), 0)
  const { rows } = simulated(4, 6)
  const files = model.files()
  assert.deepEqual(readClassicalModel(model.kind, files).predict(rows), model.predict(rows))
  const cut = new Map([...files].map(([name, bytes]) => [name, bytes.subarray(0, bytes.length - 4)]))
  assert.throws(
    () => readClassicalModel(model.kind, cut),
    (e) => hasCode(e, "model/broken"),
  )
  assert.throws(() => model.predict(rows.subarray(1)), RangeError)
})

test("pixels that do not line up are refused, spectra are taken instead", () => {
  const window = { region: { kind: "common-window", sidePx: 128 } } as const
  assert.equal(noiseReference.plan(undefined, window).input.encoding.kind, "residual-spectrum-v1")
  assert.throws(
    () => noiseReference.plan({ domain: "pixels" }, window),
    (e) => hasCode(e, "zoo/view"),
  )
})

test("logistic regression finds the log-odds of two normal classes", () => {
  const rng = new Rng(7)
  const labels = Uint8Array.from({ length: 4000 }, (_, i) => i % 2)
  const features = Array.from(labels, (label) => [rng.normal() + (label === 1 ? 1 : -1)])
  const [weight, bias] = logisticRegression(features, labels) // theory: 2 x + 0
  assert.ok(Math.abs(weight - 2) < 0.2 && Math.abs(bias) < 0.15, `${weight} ${bias}`)
  assert.throws(() => logisticRegression([[1], [2]], Uint8Array.of(1, 1)), RangeError)
})
