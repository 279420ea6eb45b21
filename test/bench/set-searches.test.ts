import assert from "node:assert/strict"
import { test } from "node:test"
import { minutiaeMatcher } from "@sourceprint/match/fingerprint/minutiae/matcher.js"
import { type Known, searchAll } from "../../bench/set-searches.js"
import { syntheticPrint } from "../support/synthetic-print.js"

const known = async (finger: "arch" | "loop" | "whorl", moved = {}): Promise<Known> => ({
  finger,
  template: await minutiaeMatcher.enrol([syntheticPrint(finger, moved)]),
})

test("searches count mates that come first, mates that were kept and strangers who reach the threshold", async () => {
  const references = await Promise.all([known("loop"), known("whorl")])
  const probes = await Promise.all([known("loop", { dx: 6, turnRad: 0.1 }), known("arch")])
  const found = searchAll(references, probes, 0.001)
  assert.deepEqual(
    { mated: found.mated, first: found.first, kept: found.kept, nonMated: found.nonMated, alarms: found.alarms },
    { mated: 1, first: 1, kept: 1, nonMated: 1, alarms: 0 },
  )
  assert.ok(found.threshold > 0)
  // a stranger who is enrolled under another name is an alarm
  const again = searchAll(references, [{ ...probes[0], finger: "somebody else" }], 0.001)
  assert.equal(again.alarms, 1)
})
