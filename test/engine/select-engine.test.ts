import assert from "node:assert/strict"
import { test } from "node:test"
import { hasCode } from "@sourceprint/core/errors.js"
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

test("auto takes an engine that loads and names those that did not", async () => {
  const { tf, name, why } = await selectEngine("auto")
  assert.notEqual(name, "cpu")
  if (name === "wasm") assert.match(why, /native does not load \(.+\)/)
  assert.equal(tf.getBackend(), name === "native" ? "tensorflow" : "wasm")
})

test("an unknown word and an absent engine are refused with the cure", async () => {
  await assert.rejects(selectEngine("cuda" as EngineChoice), (e) => hasCode(e, "engine/choice"))
  const { name } = await selectEngine("auto")
  if (name === "native") return
  await assert.rejects(
    selectEngine("native"),
    (e) => hasCode(e, "engine/unavailable") && /engine:native/.test(e.message),
  )
})
