import assert from "node:assert/strict"
import { test } from "node:test"
import { hasCode } from "@sourceprint/core/errors.js"
import { selectEngine } from "@sourceprint/engine/select-engine.js"
import { modelChecks } from "@sourceprint/train/plugins/contract.js"
import { zoo, zooEntries, zooEntry } from "@sourceprint/train/zoo/registry.js"

const { tf } = await selectEngine("wasm")

for (const entry of zooEntries) {
  for (const { name, run } of modelChecks(entry, tf)) test(name, async () => await run())
}

test("an unknown id names the known ones", () => {
  assert.throws(
    () => zooEntry("resnet-9000"),
    (e) => hasCode(e, "zoo/unknown") && e.message.includes("small-cnn"),
  )
  assert.equal(zoo.size, zooEntries.length)
})
