import assert from "node:assert/strict"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { hasCode } from "@sourceprint/core/errors.js"
import { Rng } from "@sourceprint/core/rng.js"
import { type GaussianState, gaussianModel, whitened } from "@sourceprint/model/gaussian-model.js"
import { readClassicalModel } from "@sourceprint/model/read-classical-model.js"
import { type SharedFits, sharedFits } from "@sourceprint/train/shared-fits.js"
import { factorise, inverseTriangle } from "@sourceprint/train/zoo/cholesky.js"
import { fitGaussians } from "@sourceprint/train/zoo/fit-gaussians.js"
import type { LabelledRows } from "@sourceprint/train/zoo/model-entry.js"

const LENGTH = 8
/** Rows of scanners at these places (first two columns), each stretched tenfold along the third. */
function simulated(count: number, seed: number, places: readonly (readonly [number, number])[]): LabelledRows {
  const rng = new Rng(seed)
  const sources = Uint16Array.from({ length: count }, (_, i) => i % places.length)
  const rows = Float32Array.from({ length: count * LENGTH }, (_, k) => {
    const [i, j] = [Math.floor(k / LENGTH), k % LENGTH]
    return (places[sources[i]][j] ?? 0) + (j === 2 ? 10 : 1) * rng.normal()
  })
  return { rows, rowLength: LENGTH, labels: Uint8Array.from(sources, (source) => (source === 0 ? 1 : 0)), sources }
}

const KNOWN = [
  [0, 0],
  [12, 0],
  [0, 12],
] as const
const training = simulated(300, 1, KNOWN)
const dev = simulated(120, 2, KNOWN)
const settings = { shrinkage: 0.01, beyond: 0.02 }
const state = fitGaussians(training, dev, settings)
const model = gaussianModel(state)
const accepted = (places: readonly (readonly [number, number])[]): number => {
  const scores = model.predict(simulated(500, 3, places).rows)
  return scores.filter((score) => score >= 0.5).length / scores.length
}

test("the target's rows are accepted, other scanners' refused, and those of one never seen on either side", () => {
  assert.ok(accepted([[0, 0]]) > 0.93)
  assert.equal(accepted([[12, 0]]), 0)
  // Farther from the known ones than the target is: a plane between them would accept it.
  assert.equal(accepted([[-12, -12]]), 0)
  assert.equal(accepted([[-12, 0]]), 0)
})

test("whitened rows of a scanner scatter alike in all directions, whatever they did before", () => {
  const rows = simulated(2000, 4, [[0, 0]])
  const white = Array.from({ length: 2000 }, (_, i) => whitened(state, rows.rows, i * LENGTH))
  for (let j = 0; j < LENGTH; j++) {
    const mean = white.reduce((sum, row) => sum + row[j], 0) / white.length
    const variance = white.reduce((sum, row) => sum + (row[j] - mean) ** 2, 0) / white.length
    assert.ok(variance > 0.75 && variance < 1.3, `${j}: ${variance}`)
  }
})

test("a handling has means of its own; what was forged to look like the target is an other", () => {
  // Handled rows of a scanner lie 30 away in column 4; forged rows of the others where the target is, but for column 5.
  const shifted = (data: LabelledRows, column: number, by: number): LabelledRows => ({
    ...data,
    rows: data.rows.map((value, k) => value + (k % LENGTH === column ? by : 0)),
  })
  const joined = (data: LabelledRows, seed: number): LabelledRows => {
    const handled = shifted(data, 4, 30)
    const forged = shifted(simulated(data.labels.length, seed, [[0, 0]]), 5, 12)
    const parts = [data, handled, { ...forged, labels: data.labels.map(() => 0), sources: data.sources.map(() => 1) }]
    return {
      rows: Float32Array.from(parts.flatMap(({ rows }) => [...rows])),
      rowLength: LENGTH,
      labels: Uint8Array.from(parts.flatMap(({ labels }) => [...labels])),
      sources: Uint16Array.from(parts.flatMap(({ sources }) => [...sources])),
      handlings: Uint8Array.from(parts.flatMap(({ labels }, handling) => [...labels].map(() => handling))),
    }
  }
  const fitted = gaussianModel(fitGaussians(joined(training, 5), joined(dev, 6), { ...settings, forged: 2 }))
  const share = (data: LabelledRows): number => {
    const scores = fitted.predict(data.rows)
    return scores.filter((score) => score >= 0.5).length / scores.length
  }
  const genuine = simulated(300, 7, [[0, 0]])
  assert.ok(share(genuine) > 0.93)
  assert.ok(share(shifted(genuine, 4, 30)) > 0.93)
  assert.equal(share(shifted(genuine, 5, 12)), 0)
  assert.equal(share(shifted(simulated(300, 8, [[12, 0]]), 4, 30)), 0)
  assert.ok(accepted([[0, 0]]) > 0.93 && model.predict(shifted(genuine, 4, 30).rows).every((score) => score < 0.5))
})

test("fingers held out of training widen the limit where fingers differ more than images of one do", () => {
  // One row in four is of a finger that lies 12 away in a column of its own.
  const parts = Uint8Array.from(training.labels, (_, i) => Math.floor(i / KNOWN.length) % 4)
  const rows = training.rows.map((value, k) => {
    const [i, j] = [Math.floor(k / LENGTH), k % LENGTH]
    return value + (parts[i] === j - 4 ? 12 : 0)
  })
  const fingers = { ...training, rows }
  const [blind, seeing] = [fingers, { ...fingers, parts }].map((data) => fitGaussians(data, dev, settings))
  assert.ok(seeing.limits[0] > blind.limits[0] + 0.3, `${seeing.limits} ${blind.limits}`)
  assert.deepEqual(seeing.triangle, blind.triangle)
})

test("a row between two scanners is refused though it is no farther than the target's own rows", () => {
  const places = [
    [0, 0],
    [6, 0],
  ] as const
  const fitted = fitGaussians(simulated(300, 11, places), simulated(120, 12, places), settings)
  const share = (given: GaussianState, place: readonly [number, number]): number => {
    const scores = gaussianModel(given).predict(simulated(500, 13, [place]).rows)
    return scores.filter((score) => score >= 0.5).length / scores.length
  }
  const nearEnough = { ...fitted, clearances: fitted.clearances.map(() => Number.MAX_VALUE) }
  const [all, unclear] = [nearEnough, fitted].map((given) => share(given, [2.4, 0]))
  assert.ok(unclear < all - 0.2, `${unclear} ${all}`)
  assert.ok(share(fitted, [0, 0]) > 0.9)
})

test("jobs about the same scanners share one fit, whichever is the target", () => {
  const kept = new Map<string, unknown>()
  let made = 0
  const shared: SharedFits = {
    once<T>(key: string, make: () => T): T {
      if (!kept.has(key)) {
        kept.set(key, make())
        made++
      }
      return kept.get(key) as T
    },
  }
  for (const target of [0, 1, 2]) {
    const [own, ownDev] = [training, dev].map((data) => ({
      ...data,
      labels: Uint8Array.from(data.sources, (source) => (source === target ? 1 : 0)),
    }))
    assert.deepEqual(fitGaussians(own, ownDev, settings, shared), fitGaussians(own, ownDev, settings))
  }
  assert.equal(made, 1)
  fitGaussians(training, dev, { ...settings, shrinkage: 0.1 }, shared)
  fitGaussians(dev, training, settings, shared)
  assert.equal(made, 3)
})

test("a shared part is made once, and read as it was made", async () => {
  const folder = await mkdtemp(join(tmpdir(), "shared-fits-"))
  try {
    const part = { means: new Map([["a/0", Float32Array.of(1, 0.1)]]), distances: [0.1, 1 / 3] }
    const never = (): never => assert.fail("made again")
    assert.deepEqual(
      sharedFits(join(folder, "inputs")).once("part", () => part),
      part,
    )
    assert.deepEqual(sharedFits(join(folder, "inputs")).once("part", never), part)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test("one row a scanner, where nothing scatters, fits and tells them apart", () => {
  const few = simulated(3, 9, KNOWN)
  const scores = gaussianModel(fitGaussians(few, dev, settings)).predict(few.rows)
  assert.ok(scores[0] > 0.5 && scores[1] < 0.5 && scores[2] < 0.5)
})

test("saved and read again it scores the same; broken files are named", () => {
  const files = model.files()
  const again = readClassicalModel("gaussian-v1", files)
  assert.deepEqual(again.predict(dev.rows), model.predict(dev.rows))
  assert.equal(again.parameterCount, model.parameterCount)
  assert.throws(() => model.predict(new Float32Array(LENGTH + 1)), RangeError)
  const broken = (change: (copy: Map<string, Uint8Array>) => void): void => {
    const copy = new Map(files)
    change(copy)
    assert.throws(
      () => readClassicalModel("gaussian-v1", copy),
      (e) => hasCode(e, "model/broken"),
    )
  }
  broken((copy) => copy.delete("gaussian.json"))
  broken((copy) => copy.set("gaussian.json", new Uint8Array(3)))
  broken((copy) => copy.set("gaussian.bin", new Uint8Array(8)))
})

test("a Cholesky factor times its inverse is the identity", () => {
  const n = 5
  const rng = new Rng(10)
  const matrix = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) matrix[i * n + j] = i === j ? n + 1 : rng.between(-1, 1)
  }
  const before = matrix.slice()
  factorise(matrix, n)
  const inverse = inverseTriangle(matrix, n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let [product, square] = [0, 0]
      for (let k = j; k <= i; k++) product += matrix[i * n + k] * inverse[(k * (k + 1)) / 2 + j]
      for (let k = 0; k <= j; k++) square += matrix[i * n + k] * matrix[j * n + k]
      assert.ok(Math.abs(product - (i === j ? 1 : 0)) < 1e-6)
      assert.ok(Math.abs(square - before[i * n + j]) < 1e-9)
    }
  }
})
