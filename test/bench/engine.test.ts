/** The engine's claims at reduced size; `npm run prove -- engine` holds them at full size. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { holds } from "../../bench/prove/claim.js"
import { flatMemory, lossAgreement } from "../../bench/prove/engine.js"

test("losses of ten steps agree between the embedded engine and the plain one", async () => {
  const figures = await lossAgreement(() => {}, 10)
  assert.ok(figures.length >= 1)
  for (const figure of figures) assert.ok(holds(figure), `${figure.name}: ${figure.value}`)
})

test("60 training steps leave no tensor and no memory behind", async () => {
  for (const figure of await flatMemory(() => {}, 60)) assert.ok(holds(figure), `${figure.name}: ${figure.value}`)
})
