import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { AppError } from "@sourceprint/core/errors.js"
import { selectEngine } from "@sourceprint/engine/select-engine.js"
import type * as FaceApi from "@vladmandic/face-api"

export type FaceEngine = typeof FaceApi

let loading: Promise<FaceEngine> | undefined

/** Detectors, landmarks and descriptor of @vladmandic/face-api with the weights of its package, on the WASM backend,
 *  once a process (0.35 s, some 200 MB). @throws AppError "match/face-engine" */
export function faceEngine(): Promise<FaceEngine> {
  loading ??= load().catch((cause) => {
    loading = undefined
    throw new AppError("match/face-engine", "the face models cannot be loaded; run npm ci again", { cause })
  })
  return loading
}

async function load(): Promise<FaceEngine> {
  await selectEngine("wasm")
  // The package's default entry wants tfjs-node; this file runs on the backend that is chosen already.
  const require = createRequire(import.meta.url)
  const engine = require("@vladmandic/face-api/dist/face-api.node-wasm.js") as FaceEngine
  const weights = join(dirname(require.resolve("@vladmandic/face-api/package.json")), "model")
  const { tinyFaceDetector, ssdMobilenetv1, faceLandmark68Net, faceRecognitionNet } = engine.nets
  for (const net of [tinyFaceDetector, ssdMobilenetv1, faceLandmark68Net, faceRecognitionNet]) {
    await net.loadFromDisk(weights)
  }
  return engine
}
