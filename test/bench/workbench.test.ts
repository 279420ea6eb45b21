import assert from "node:assert/strict"
import { test } from "node:test"
import { holds } from "../../bench/prove/claim.js"
import { plantedFigures } from "../../bench/prove/workbench.js"

test("TPE finds a planted optimum in fewer trials than random draws", () => {
  for (const figure of plantedFigures(12)) assert.ok(holds(figure), `${figure.name}: ${figure.value} ${figure.unit}`)
})
