import assert from "node:assert/strict"
import { test } from "node:test"
import { Outcome } from "@sourceprint/protocol/message.js"
import { Check, Purpose, Stage } from "@sourceprint/protocol/scanner-progress.js"
import { ProofStage } from "@sourceprint/serve/web/proof/proof-scene.js"
import { touchSteps } from "@sourceprint/serve/web/proof/touch-steps.js"

const scanners = {
  type: "scanners",
  remaining: 3,
  scanners: [{ scannerId: "unit-1", words: "front desk", busy: 0 }],
} as const
const touch = {
  stage: Stage.touch,
  scannerId: "unit-1",
  name: "Ada",
  purpose: Purpose.signIn,
  code: "1234",
  windowMs: 30_000,
  remaining: 3,
} as const
const outline = { stage: Stage.image, whole: false, image: Uint8Array.of(1) } as const

/** A stage at which the one scanner was chosen. */
async function chosen(): Promise<{ stage: ProofStage; states(): string; scanner(): string }> {
  const stage = new ProofStage()
  const choice = stage.chooseScanner(scanners, false)
  await new Promise(setImmediate)
  const { value: scene } = stage.scene
  assert.equal(scene.kind, "scanners")
  if (scene.kind === "scanners") scene.answer("unit-1")
  await choice
  const touched = () => {
    const { value } = stage.scene
    if (value.kind !== "touch") throw new Error(`the scene is ${value.kind}`)
    return value
  }
  const sign = { waiting: "-", now: "o", good: "+", bad: "x" }
  return {
    stage,
    states: () =>
      touchSteps(touched().report)
        .map(({ state }) => sign[state])
        .join(""),
    scanner: () => touched().scanner,
  }
}

const settled = () => new Promise(setImmediate)

test("a touch that never came is not shown as done; the scanner has the name that was chosen", async () => {
  const { stage, states, scanner } = await chosen()
  assert.equal(scanner(), "front desk")
  stage.scannerSays(touch)
  await settled()
  assert.equal(states(), "o-------")
  stage.decided(Outcome.fail)
  await settled()
  assert.equal(states(), "o------x")
  stage.leave()
})

test("a refused touch shows what came and the decision; the checks stay untold", async () => {
  const { stage, states } = await chosen()
  for (const told of [touch, { stage: Stage.capturing }, outline] as const) stage.scannerSays(told)
  await settled()
  assert.equal(states(), "++-----o")
  stage.decided(Outcome.fail)
  await settled()
  assert.equal(states(), "++-----x")
  stage.leave()
})

test("a touch that is asked for again is no decision; a passed one lights up check by check", async () => {
  const { stage, states } = await chosen()
  for (const told of [touch, outline] as const) stage.scannerSays(told)
  stage.decided(Outcome.retry)
  await settled()
  assert.equal(states(), "++------")
  for (const told of [touch, outline] as const) stage.scannerSays(told)
  for (const check of Object.values(Check)) stage.scannerSays({ stage: Stage.check, check, value: 1, threshold: 1 })
  stage.decided(Outcome.pass)
  await stage.settled()
  assert.equal(states(), "++++++++")
  stage.leave()
})
