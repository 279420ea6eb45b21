import assert from "node:assert/strict"
import { test } from "node:test"
import { nativeBindingStamp } from "@sourceprint/engine/native-binding.js"
import { greatestDifference, lossesOn, networks } from "../../support/engine-losses.js"

const skip = nativeBindingStamp() === undefined && "tfjs-node is not built (npm run engine:native)"

const STEPS = 10 // 50: npm run prove -- engine

test("every network: steps on tfjs-node have the losses that the embedded engine has", { skip }, async (t) => {
  const [native, wasm] = await Promise.all([lossesOn("native", networks, STEPS), lossesOn("wasm", networks, STEPS)])
  for (const [i, network] of networks.entries()) {
    await t.test(network, () => {
      assert.equal(native[i].length, STEPS)
      assert.ok(native[i][0] > native[i][STEPS - 1], "it learns")
      assert.ok(greatestDifference(native[i], wasm[i]) < 1e-3, `${greatestDifference(native[i], wasm[i])}`)
    })
  }
})
