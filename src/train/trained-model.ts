import { utf8 } from "@sourceprint/core/bytes.js"
import type { ClassicalModel } from "@sourceprint/model/classical-model.js"
import type * as Tf from "@tensorflow/tfjs"
import { predictRows } from "./fit.js"
import type { TfModule } from "./zoo/model-entry.js"

/** A model after training, whichever its kind. */
export interface TrainedModel {
  readonly kind: "layers" | "classical"
  readonly parameterCount: number
  /** (N × rowLength) -> N probabilities of the target scanner */
  predict(rows: Float32Array): Float32Array
  /** What prediction needs, by file name. */
  files(): Promise<ReadonlyMap<string, Uint8Array>>
  dispose(): void
}

export const trainedClassical = (model: ClassicalModel): TrainedModel => ({
  kind: "classical",
  parameterCount: model.parameterCount,
  predict: (rows) => model.predict(rows),
  files: () => Promise.resolve(model.files()),
  dispose: () => {},
})

export const trainedLayers = (tf: TfModule, model: Tf.LayersModel, inputShape: readonly number[]): TrainedModel => ({
  kind: "layers",
  parameterCount: model.countParams(),
  predict: (rows) => predictRows(tf, model, inputShape, rows),
  files: () => layersFiles(tf, model),
  dispose: () => void model.dispose(),
})

/** tfjs' own two files, as `tf.loadLayersModel` reads them: model.json and weights.bin. */
async function layersFiles(tf: TfModule, model: Tf.LayersModel): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>()
  await model.save(
    tf.io.withSaveHandler((artifacts) => {
      const { modelTopology, weightSpecs, weightData, format, generatedBy, convertedBy } = artifacts
      const weightsManifest = [{ paths: ["weights.bin"], weights: weightSpecs }]
      const json = { modelTopology, format, generatedBy, convertedBy, weightsManifest }
      files.set("model.json", utf8(`${JSON.stringify(json)}\n`))
      files.set("weights.bin", new Uint8Array(tf.io.CompositeArrayBuffer.join(weightData)))
      return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } })
    }),
  )
  return files
}
