import assert from "node:assert/strict"
import { test } from "node:test"
import { hasCode } from "@sourceprint/core/errors.js"
import { layerSettings } from "@sourceprint/model/interchange/network.js"
import { holds } from "../../../bench/prove/claim.js"
import { kerasFigures } from "../../../bench/prove/workbench/interchange.js"
import { withoutKeras } from "../../support/python-peers.js"

test("Keras answers what we answer, for a network of each of our own layers", { skip: withoutKeras }, async () => {
  const figures = await kerasFigures(["residual-cnn", "texture-mlp"])
  assert.equal(figures.length, 6)
  for (const figure of figures) assert.ok(holds(figure), `${figure.name}: ${figure.value}`)
})

test("layers that cannot be exchanged are refused by name, a Lambda with the cure", () => {
  const refused = (kind: string, config: unknown, says: RegExp): void =>
    assert.throws(
      () => layerSettings("odd", kind, config),
      (error) => hasCode(error, "interchange/layer") && says.test(error.message),
    )
  refused("Lambda", {}, /"odd" is a Lambda.*no program of a file is run.*Rescaling/)
  refused("MyAttention", {}, /"odd" is a MyAttention.*known: .*Conv2D/)
  refused("Activation", { activation: "gelu" }, /activation/)
  refused("constructor", {}, /cannot be exchanged/)
})
