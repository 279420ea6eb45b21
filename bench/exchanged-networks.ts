/** The five networks of the zoo, their weights drawn anew, and what two programs answer to the same rows. */
import { execFile } from "node:child_process"
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { selectEngine } from "@sourceprint/engine/select-engine.js"
import { layersFiles } from "@sourceprint/model/interchange/layers-files.js"
import { networkOf } from "@sourceprint/model/interchange/network-of.js"
import { readKeras } from "@sourceprint/model/interchange/read-keras.js"
import { writeKeras, writeKerasH5 } from "@sourceprint/model/interchange/write-keras.js"
import { writeOnnx } from "@sourceprint/model/interchange/write-onnx.js"
import { loadLayersModel } from "@sourceprint/model/load-layers-model.js"
import type { TfModule } from "@sourceprint/train/zoo/model-entry.js"
import { zooEntry } from "@sourceprint/train/zoo/registry.js"
import type * as Tf from "@tensorflow/tfjs"
import { kerasPython, onnxPython, peerScript } from "../test/support/python-peers.js"

export const exchangedIds = ["mobilenet-v1", "small-cnn", "residual-cnn", "separable-cnn", "texture-mlp"] as const
const ROWS = 4

/** A network at its default size as training leaves it: no weight at its first value, normalisation uneven. */
export function drawnNetwork(tf: TfModule, id: string): Tf.LayersModel {
  const { recipe } = zooEntry(id).plan(undefined, { region: { kind: "sensor-window", sidePx: 128 } })
  if (recipe.kind !== "layers") throw new TypeError(`${id} is no network`)
  const model = recipe.build(tf, 5)
  let seed = 1
  for (const layer of model.layers) {
    const positive = ["BatchNormalization", "SourceprintStandardise"].includes(layer.getClassName())
    tf.tidy(() => {
      const drawn = layer.getWeights().map((weight) => {
        const [low, high] = positive ? [0.5, 1.5] : [-0.02, 0.02]
        const noise = tf.randomUniform(weight.shape, low, high, "float32", seed++)
        return positive ? noise : weight.add(noise)
      })
      layer.setWeights(drawn)
    })
  }
  // The moving averages follow the drawn weights; else deep networks answer 0 or 1 to everything.
  const rows = tf.tensor(drawnRows(tf, model), rowsShape(model))
  for (let pass = 0; pass < 30; pass++) tf.tidy(() => void model.apply(rows, { training: true }))
  rows.dispose()
  return model
}

const rowsShape = (model: Tf.LayersModel): number[] =>
  model.inputs.flatMap(({ shape }) => [ROWS, ...shape.slice(1).map(Number)])

/** Rows as a network of that input sees them, and its answers. */
export function answers(tf: TfModule, model: Tf.LayersModel, rows: Float32Array): number[] {
  return tf.tidy(() => [...(model.predict(tf.tensor(rows, rowsShape(model))) as Tf.Tensor).dataSync()])
}

export function drawnRows(tf: TfModule, model: Tf.LayersModel): Float32Array {
  return tf.tidy(() => {
    const shape = rowsShape(model)
    const brightness = tf.linspace(-1, 1, ROWS).reshape(shape.map((_, i) => (i === 0 ? ROWS : 1)))
    return tf.randomNormal(shape, 0, 1, "float32", 7).add(brightness).dataSync<"float32">()
  })
}

export const largestDifference = (one: readonly number[], other: readonly number[]): number =>
  one.length === other.length
    ? Math.max(...one.map((value, i) => Math.abs(value - (other[i] ?? Number.NaN))))
    : Number.NaN

interface KerasOrder {
  readonly model: string
  readonly rows: readonly number[]
  readonly shape: readonly number[]
  readonly resave?: readonly string[]
}

/** What Keras answers with saved models to rows. */
export async function askKeras(orders: readonly KerasOrder[]): Promise<number[][]> {
  return await new Promise((resolve, reject) => {
    const child = execFile(
      kerasPython,
      [peerScript("keras_predict.py")],
      { maxBuffer: 1 << 26 },
      (error, stdout, stderr) => {
        if (error === null) resolve(JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as number[][])
        else reject(new Error(stderr.slice(-2000), { cause: error }))
      },
    )
    child.stdin?.end(JSON.stringify(orders))
  })
}

export interface Exchange {
  readonly id: string
  readonly format: "keras" | "h5" | "onnx"
  /** Largest difference of our outputs and the other program's. */
  readonly out: number
  /** Largest difference of the outputs of Keras and of the file that Keras saved, read by us; ONNX is not read. */
  readonly back?: number
  /** Largest less smallest of our outputs: 0 would say that nothing was compared. */
  readonly spread: number
}

/** Networks written by us, read and saved by Keras, and read by us. */
export async function kerasExchanges(ids: readonly string[]): Promise<Exchange[]> {
  const { tf } = await selectEngine("wasm")
  const folder = await mkdtemp(join(tmpdir(), "exchanged-"))
  try {
    const orders: (KerasOrder & Pick<Exchange, "id" | "format"> & { readonly ours: number[] })[] = []
    for (const id of ids) {
      const model = drawnNetwork(tf, id)
      const rows = drawnRows(tf, model)
      const shape = rowsShape(model)
      const network = networkOf(tf, model)
      const ours = answers(tf, model, rows)
      for (const format of ["keras", "h5"] as const) {
        const path = join(folder, `${id}.${format}`)
        await writeFile(path, await (format === "h5" ? writeKerasH5 : writeKeras)(network))
        orders.push({ id, format, ours, model: path, rows: [...rows], shape, resave: [`${path}-again.${format}`] })
      }
      model.dispose()
    }
    const theirs = await askKeras(orders)
    const exchanges: Exchange[] = []
    for (const [i, { id, format, ours, model: path, rows }] of orders.entries()) {
      const network = await readKeras(await readFile(`${path}-again.${format}`))
      const model = await loadLayersModel(tf, layersFiles(network))
      const again = answers(tf, model, Float32Array.from(rows))
      model.dispose()
      exchanges.push({
        id,
        format,
        out: largestDifference(ours, theirs[i] ?? []),
        back: largestDifference(theirs[i] ?? [], again),
        spread: Math.max(...ours) - Math.min(...ours),
      })
    }
    return exchanges
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Networks written by us, checked by onnx and run by onnxruntime. */
export async function onnxExchanges(ids: readonly string[]): Promise<Exchange[]> {
  const { tf } = await selectEngine("wasm")
  const folder = await mkdtemp(join(tmpdir(), "exchanged-"))
  try {
    const exchanges: Exchange[] = []
    for (const id of ids) {
      const model = drawnNetwork(tf, id)
      const rows = drawnRows(tf, model)
      const ours = answers(tf, model, rows)
      const [path, rowsPath] = [join(folder, `${id}.onnx`), join(folder, `${id}.f32`)]
      await writeFile(path, await writeOnnx(networkOf(tf, model)))
      await writeFile(rowsPath, new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength))
      model.dispose()
      const { stdout } = await promisify(execFile)(onnxPython, [peerScript("run_onnx.py"), path, rowsPath])
      const out = largestDifference(ours, JSON.parse(stdout) as number[])
      exchanges.push({ id, format: "onnx", out, spread: Math.max(...ours) - Math.min(...ours) })
    }
    return exchanges
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
