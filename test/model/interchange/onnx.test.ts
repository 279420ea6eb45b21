import assert from "node:assert/strict"
import { test } from "node:test"
import { holds } from "../../../bench/prove/claim.js"
import { onnxFigures } from "../../../bench/prove/workbench/interchange.js"
import { withoutOnnx } from "../../support/python-peers.js"

test("onnxruntime answers what we answer, for each kind of layer of the zoo", { skip: withoutOnnx }, async () => {
  const figures = await onnxFigures(["small-cnn", "separable-cnn", "residual-cnn", "texture-mlp"])
  assert.equal(figures.length, 8)
  for (const figure of figures) assert.ok(holds(figure), `${figure.name}: ${figure.value}`)
})
