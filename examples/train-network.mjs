// Trains a small network on WebAssembly alone: node examples/train-network.mjs
import { selectEngine } from "@sourceprint/engine"

const { tf, name } = await selectEngine("wasm")
const model = tf.sequential()
model.add(tf.layers.conv2d({ inputShape: [16, 16, 1], filters: 8, kernelSize: 3, activation: "relu" }))
model.add(tf.layers.flatten())
model.add(tf.layers.dense({ units: 1, activation: "sigmoid" }))
model.compile({ optimizer: tf.train.adam(0.01), loss: "binaryCrossentropy", metrics: ["accuracy"] })

// Odd images have upright stripes, even ones level stripes.
const stripes = (n) => Array.from({ length: 256 }, (_, i) => ((n % 2 ? i : i >> 4) % 4 < 2 ? 1 : 0))
const x = tf.tensor(Array.from({ length: 64 }, (_, n) => stripes(n))).reshape([64, 16, 16, 1])
const y = tf.tensor(Array.from({ length: 64 }, (_, n) => [n % 2]))
const { history } = await model.fit(x, y, { epochs: 5, verbose: 0 })
console.log(`${name} engine, accuracy ${history.acc.at(-1)}`)
