import assert from "node:assert/strict"
import { test } from "node:test"
import { utf8 } from "@sourceprint/core/bytes.js"
import { hasCode } from "@sourceprint/core/errors.js"
import { selectEngine } from "@sourceprint/engine/select-engine.js"
import { layersFiles } from "@sourceprint/model/interchange/layers-files.js"
import { layerSettings } from "@sourceprint/model/interchange/network.js"
import { networkOf } from "@sourceprint/model/interchange/network-of.js"
import { readKeras } from "@sourceprint/model/interchange/read-keras.js"
import { writeKeras, writeKerasH5 } from "@sourceprint/model/interchange/write-keras.js"
import { loadLayersModel } from "@sourceprint/model/load-layers-model.js"
import { answers, drawnNetwork, drawnRows, largestDifference } from "../../../bench/exchanged-networks.js"
import { holds } from "../../../bench/prove/claim.js"
import { kerasFigures } from "../../../bench/prove/workbench/interchange.js"
import { withoutKeras } from "../../support/python-peers.js"

test("Keras answers what we answer, for a network of each of our own layers", { skip: withoutKeras }, async () => {
  const figures = await kerasFigures(["residual-cnn", "texture-mlp"])
  assert.equal(figures.length, 10)
  for (const figure of figures) assert.ok(holds(figure), `${figure.name}: ${figure.value}`)
})

test("a file is read without Keras as it was written; broken ones and other things are refused", async () => {
  const { tf } = await selectEngine("wasm")
  const model = drawnNetwork(tf, "texture-mlp")
  const rows = drawnRows(tf, model)
  const ours = answers(tf, model, rows)
  const network = networkOf(tf, model)
  for (const write of [writeKeras, writeKerasH5]) {
    const bytes = await write(network)
    const again = await loadLayersModel(tf, layersFiles(await readKeras(bytes)))
    assert.ok(largestDifference(ours, answers(tf, again, rows)) < 1e-6)
    for (const broken of [bytes.slice(0, bytes.length >> 1), utf8("no model"), new Uint8Array()])
      await assert.rejects(readKeras(broken), (error) => hasCode(error, "interchange/file"))
  }
  const lacking = { ...network, layers: network.layers.map((layer) => ({ ...layer, weights: layer.weights.slice(1) })) }
  const bytes = await writeKeras(lacking)
  await assert.rejects(
    async () => layersFiles(await readKeras(bytes)),
    (error) => hasCode(error, "interchange/file") && /has \d weights, expected gamma/.test(error.message),
  )
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
