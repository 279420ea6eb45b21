import assert from "node:assert/strict"
import { test } from "node:test"
import { holds } from "../../bench/prove/claim.js"
import { firstExperiment } from "../../bench/prove/workbench/first-experiment.js"
import { plantedFigures } from "../../bench/prove/workbench.js"

test("TPE finds a planted optimum in fewer trials than random draws", () => {
  for (const figure of plantedFigures(12)) assert.ok(holds(figure), `${figure.name}: ${figure.value} ${figure.unit}`)
})

test("the page for newcomers leads from a clone to a report", async () => {
  const smaller = (words: string): string =>
    words.replace("--people 10", "--people 4").replace("--units 3 --impressions 2", "--units 2 --impressions 1")
  for (const line of await firstExperiment(smaller)) assert.ok(holds(line), JSON.stringify(line))
})
