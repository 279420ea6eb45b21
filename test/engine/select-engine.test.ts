import assert from "node:assert/strict"
import { test } from "node:test"
import { hasCode } from "@sourceprint/core/errors.js"
import { nativeBindingStamp } from "@sourceprint/engine/native-binding.js"
import { type EngineChoice, selectEngine } from "@sourceprint/engine/select-engine.js"

test("wasm and cpu load from the installed packages and say what they are", async () => {
  for (const choice of ["cpu", "wasm"] as const) {
    const { tf, name, why, versions } = await selectEngine(choice)
    assert.equal(name, choice)
    assert.equal(tf.getBackend(), choice)
    assert.match(why, new RegExp(choice))
    assert.equal(versions.tfjs, tf.version.tfjs)
    assert.equal(
      tf.tidy(() => tf.matMul([[1, 2]], [[3], [4]]).dataSync()[0]),
      11,
    )
  }
})

test("auto takes the embedded engine, which loads everywhere", async () => {
  const { tf, name, why } = await selectEngine("auto")
  assert.equal(name, "wasm")
  assert.match(why, /wasm is the first that loads here/)
  assert.equal(tf.getBackend(), "wasm")
})

test("an unknown word and an absent engine are refused with the cure", async (t) => {
  await assert.rejects(selectEngine("cuda" as EngineChoice), (e) => hasCode(e, "engine/choice"))
  if (nativeBindingStamp() !== undefined) return t.skip("the native engine is installed")
  await assert.rejects(
    selectEngine("native"),
    (e) => hasCode(e, "engine/unavailable") && /engine:native/.test(e.message),
  )
})
