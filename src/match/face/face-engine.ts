import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { AppError } from "@sourceprint/core/errors.js"
import type * as Tf from "@tensorflow/tfjs"
import type * as FaceApi from "@vladmandic/face-api"
import { withPeers } from "../optional-peers.js"

export interface FaceEngine {
  readonly api: typeof FaceApi
  readonly tf: typeof Tf
}

let loading: Promise<FaceEngine> | undefined

/** Detectors, landmarks and descriptor of @vladmandic/face-api with the weights of its package, on the WASM backend,
 *  once a process (0.35 s, some 200 MB). @throws AppError "match/missing-package", "match/face-engine" */
export function faceEngine(): Promise<FaceEngine> {
  loading ??= withPeers("faces", load).catch((cause) => {
    loading = undefined
    if (cause instanceof AppError) throw cause
    throw new AppError("match/face-engine", "the face models cannot be loaded; run npm ci again", { cause })
  })
  return loading
}

async function load(): Promise<FaceEngine> {
  // An optional peer, as face-api is: who compares fingers alone has neither.
  const { selectEngine } = await import("@sourceprint/engine/select-engine.js")
  const { tf } = await selectEngine("wasm")
  // The package's default entry wants tfjs-node; this file runs on the backend that is chosen already.
  const require = createRequire(import.meta.url)
  const api = require("@vladmandic/face-api/dist/face-api.node-wasm.js") as typeof FaceApi
  const weights = join(dirname(require.resolve("@vladmandic/face-api/package.json")), "model")
  const { tinyFaceDetector, ssdMobilenetv1, faceLandmark68Net, faceRecognitionNet } = api.nets
  for (const net of [tinyFaceDetector, ssdMobilenetv1, faceLandmark68Net, faceRecognitionNet]) {
    await net.loadFromDisk(weights)
  }
  return { api, tf }
}
