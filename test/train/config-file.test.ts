import assert from "node:assert/strict"
import { test } from "node:test"
import { AppError } from "@sourceprint/core/errors.js"
import { readConfigText, resolveConfig } from "@sourceprint/train/config-file.js"

const TEXT = `name: example
dataset: { folder: data/x }
split: { by: finger, folds: 5 }
view: { region: { kind: common-window, sidePx: 128 } }
models:
  - id: small-cnn
    settings: { filters: [8, 16] }
training:
  epochs: 3
`
const problem = (text: string, ...overrides: string[]): string => {
  try {
    resolveConfig(readConfigText(text, "e.yaml", overrides))
  } catch (error) {
    if (error instanceof AppError) return error.message
    throw error
  }
  return "no problem"
}

test("defaults and overrides are filled in, the model's own settings too", () => {
  const config = resolveConfig(
    readConfigText(TEXT, "e.yaml", ["training.batchSize=4", "models.small-cnn.settings.weightDecay=0.01"]),
  )
  assert.equal(config.training.batchSize, 4)
  assert.equal(config.training.epochs, 3)
  assert.deepEqual(config.models[0].settings.filters, [8, 16])
  assert.equal(config.models[0].settings.weightDecay, 0.01)
  assert.equal(config.models[0].settings.scaling, "standardised")
  assert.deepEqual(config.tasks, { kind: "one-vs-all", targets: "every" })
})

test("a problem names the line, the path, what was written and what is allowed", () => {
  const cases: [string, RegExp][] = [
    [`${TEXT}  batchSize: 0\n`, /e\.yaml line 10: training\.batchSize is 0; allowed: a whole number from 1 up to 512/],
    [`${TEXT}  epoch: 3\n`, /line 10: training has no key "epoch"; allowed: keys epochs, batchSize/],
    [`${TEXT}foo: 3\n`, /line 10: an experiment has no key "foo"; allowed: keys name, question/],
    [
      TEXT.replace("by: finger", "by: image"),
      /line 3: split\.by is "image"; allowed: "subject", "finger", "unsafe-by-image"/,
    ],
    [
      TEXT.replace("filters", "filtres"),
      /line 7: models\[0\]\.settings has no key "filtres"; allowed: keys patchSidePx/,
    ],
    [TEXT.replace("small-cnn", "big-cnn"), /line 6: big-cnn: no model is called "big-cnn"; known: .*small-cnn/],
    [
      TEXT.replace("sidePx: 128", "sidePx: 9999"),
      /line 4: view\.region\.sidePx is 9999; allowed: a whole number from 32 up to 512/,
    ],
    [
      TEXT.replace("folds: 5", "fractions: { train: 50%, dev: 0.25, eval: 0.25 }"),
      /line 3: split\.fractions\.train is "50%"; allowed: a number above 0 up to 1/,
    ],
    [TEXT.replace(", folds: 5", ""), /line 3: split\.folds is missing/],
    [TEXT.replace("folds: 5", "folds: 1"), /line 3: split\.folds is 1; allowed: a whole number from 3/],
    [`${TEXT}  schedule: { kind: step }\n`, /training\.schedule\.every is missing; allowed: a whole number from 1/],
    [
      `${TEXT}decision: { kind: target-fmr, maxFmr: 2 }\n`,
      /line 10: decision\.maxFmr is 2; allowed: a number from 0 up to 1/,
    ],
    [
      TEXT.replace("models:\n", "models:\n  - id: small-cnn\n"),
      /line 7: two models are called "small-cnn"; give one a label/,
    ],
    ["name: x: y\n", /e\.yaml line 1, column \d+/],
    ["name: x\n", /e\.yaml: split is missing; allowed: keys by, seed, folds or keys by, seed, fractions/],
  ]
  for (const [text, expected] of cases) assert.match(problem(text), expected)
})

test("an override is checked as the file is, and named as what it is", () => {
  assert.match(problem(TEXT, "training.epochs=0"), /^--set: training\.epochs is 0/)
  assert.match(problem(TEXT, "models.0.settings.scaling=loud"), /--set: models\[0\]\.settings\.scaling is "loud"/)
  assert.match(problem(TEXT, "training.epochs"), /write it as path=value/)
  assert.match(problem(TEXT, "models.big.settings.x=1"), /big is not in the list; it has small-cnn/)
})
