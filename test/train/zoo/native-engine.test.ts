import assert from "node:assert/strict"
import { test } from "node:test"
import { nativeBindingStamp } from "@sourceprint/engine/native-binding.js"
import { greatestDifference, lossesOn, networks } from "../../support/engine-losses.js"

const skip = nativeBindingStamp() === undefined && "tfjs-node is not built (npm run engine:native)"

for (const network of networks) {
  test(`${network}: 50 steps on tfjs-node have the losses that the embedded engine has`, { skip }, async () => {
    const [native, wasm] = [await lossesOn("native", network, 50), await lossesOn("wasm", network, 50)]
    assert.equal(native.length, 50)
    assert.ok(greatestDifference(native, wasm) < 1e-3, `${greatestDifference(native, wasm)}`)
  })
}
