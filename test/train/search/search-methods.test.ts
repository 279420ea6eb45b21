import assert from "node:assert/strict"
import { test } from "node:test"
import { searchBeginning, type TrialFigures, trialCount, trialsSoFar } from "@sourceprint/train/search/next-round.js"
import { rangeValue } from "@sourceprint/train/search/range-value.js"
import { SearchConfig, type SearchRange } from "@sourceprint/train/search/search-config.js"
import { sobolPoints } from "@sourceprint/train/search/sobol.js"

const ranges = { "training.learningRate": { from: 1e-4, to: 0.1, scale: "log" }, width: { from: 4, to: 32, step: 4 } }
const config = (more: object): SearchConfig => SearchConfig.parse({ ranges, ...more })

/** Runs a search to its end on a function of the values. @returns figures by number and the sizes of the rounds */
function runOut(search: SearchConfig, figureOf: (values: ReadonlyMap<string, unknown>) => number | undefined) {
  const figures = new Map<number, number | undefined>()
  const rounds: number[] = []
  let { trials } = searchBeginning
  for (;;) {
    trials = trialsSoFar(search, { trials, figures })
    const fresh = trials.filter(({ number }) => !figures.has(number))
    if (fresh.length === 0) return { trials, figures: figures as TrialFigures, rounds }
    rounds.push(fresh.length)
    for (const { number, values } of fresh) figures.set(number, figureOf(values))
  }
}

test("a range goes from end to end; log steps evenly in powers; steps and values are met exactly", () => {
  const log: SearchRange = { from: 1e-4, to: 0.1, scale: "log" }
  assert.deepEqual(
    [0, 1 / 3, 2 / 3, 1].map((unit) => rangeValue(log, unit)),
    [1e-4, 1e-3, 1e-2, 0.1],
  )
  const steps: SearchRange = { from: 4, to: 30, step: 4, scale: "linear" }
  assert.deepEqual(
    [0, 0.1, 0.5, 1].map((unit) => rangeValue(steps, unit)),
    [4, 8, 16, 28],
  )
  assert.deepEqual(
    [0, 0.5, 1].map((unit) => rangeValue({ values: ["a", "b"] }, unit)),
    ["a", "b", "b"],
  )
})

test("the first 2^k points of a Sobol sequence meet each of 2^k equal intervals of each range once", () => {
  const points = sobolPoints(64, [1, 2, 3, 4, 5, 6, 7, 8, 9, 0x9e3779b9])
  for (let d = 0; d < 10; d++) {
    assert.equal(new Set(points.map((point) => Math.floor(point[d] * 64))).size, 64, `dimension ${d + 1}`)
  }
  // Dimensions 1 and 2 are a (0, 2)-sequence: every rectangle of area 1/64 has one point.
  for (let k = 0; k <= 6; k++) {
    const cells = points.map(([x, y]) => `${Math.floor(x * 2 ** k)} ${Math.floor(y * 2 ** (6 - k))}`)
    assert.equal(new Set(cells).size, 64)
  }
  // Without a shift, the sequence of Joe and Kuo's program.
  assert.deepEqual(sobolPoints(5, [0, 0, 0]), [
    [0, 0, 0],
    [0.5, 0.5, 0.5],
    [0.75, 0.25, 0.25],
    [0.25, 0.75, 0.75],
    [0.375, 0.375, 0.625],
  ])
})

test("the same seed draws the same trials, another seed others; random and Sobol are one round", () => {
  for (const method of ["random", "sobol"]) {
    const points = (seed: number) =>
      trialsSoFar(config({ method, trials: 8, seed }), searchBeginning).map(({ point }) => point)
    assert.deepEqual(points(1), points(1))
    assert.notDeepEqual(points(1), points(2))
    assert.deepEqual(runOut(config({ method, trials: 8 }), () => 0).rounds, [8])
  }
})

test("TPE draws its first trials, then goes on in rounds from what has ended, and away from what failed", () => {
  const search = config({ method: "tpe", trials: 30, startup: 6, parallel: 4 })
  const far = (values: ReadonlyMap<string, unknown>): number =>
    -Math.abs(Math.log10(Number(values.get("training.learningRate"))) + 3)
  const { trials, rounds } = runOut(search, far)
  assert.deepEqual(rounds, [6, 4, 4, 4, 4, 4, 4])
  const mean = (some: typeof trials): number => some.reduce((sum, { values }) => sum + far(values), 0) / some.length
  assert.ok(mean(trials.slice(15)) > mean(trials.slice(0, 6)), "later trials lie nearer to the optimum")
  assert.deepEqual(runOut(search, far), runOut(search, far))
  const failing = runOut(search, (values) => (Number(values.get("training.learningRate")) > 0.003 ? undefined : 0))
  const failed = (some: typeof trials): number =>
    some.filter(({ number }) => failing.figures.get(number) === undefined).length / some.length
  assert.ok(failed(failing.trials.slice(15)) < 0.5, "fewer of the later trials fail")
})

test("successive halving trains the better third three times as long, and a failed trial never", () => {
  const search = config({ method: "successive-halving", trials: 9, minEpochs: 2, maxEpochs: 18 })
  const { trials, rounds, figures } = runOut(search, (values) => {
    const rate = Number(values.get("training.learningRate"))
    return rate > 0.03 ? undefined : -rate
  })
  assert.deepEqual(rounds, [9, 3, 1])
  assert.equal(trialCount(search), 13)
  assert.deepEqual(
    [trials[0], trials[9], trials[12]].map(({ rung }) => rung?.epochs),
    [2, 6, 18],
  )
  const rates = trials.slice(0, 9).map(({ values }) => Number(values.get("training.learningRate")))
  const expected = rates.toSorted((a, b) => a - b).slice(0, 3)
  assert.deepEqual(
    trials.slice(9, 12).map(({ values }) => values.get("training.learningRate")),
    expected,
  )
  assert.ok(trials.slice(9).every(({ number }) => figures.get(number) !== undefined))
})

test("Hyperband has the brackets of its paper, and all of them share the rounds", () => {
  const search = config({ method: "hyperband", minEpochs: 1, maxEpochs: 27 })
  const { trials, rounds } = runOut(search, (values) => -Number(values.get("training.learningRate")))
  const sizes = (bracket: number) =>
    [1, 2, 3, 4].map((step) => trials.filter(({ rung }) => rung?.bracket === bracket && rung.step === step).length)
  // n = ceil((s_max + 1) / (s + 1) * 3^s), then a third of each rung.
  assert.deepEqual([1, 2, 3, 4].map(sizes), [
    [27, 9, 3, 1],
    [12, 4, 1, 0],
    [6, 2, 0, 0],
    [4, 0, 0, 0],
  ])
  assert.deepEqual(rounds, [49, 15, 4, 1])
  assert.equal(trialCount(search), 69)
})
