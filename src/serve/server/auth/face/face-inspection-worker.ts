import { type MessagePort, workerData } from "node:worker_threads"
import { AppError } from "@sourceprint/core/errors.js"
import type { GrayImage, RgbImage } from "@sourceprint/core/image/gray-image.js"
import { decodeImage } from "@sourceprint/core/image/read-image.js"
import { embeddingV2Matcher } from "@sourceprint/match/face/embedding/embedding-v2-matcher.js"
import { faceEngine } from "@sourceprint/match/face/face-engine.js"
import { type FaceThresholds, judgeFaceCapture } from "@sourceprint/match/face/judge-face-capture.js"
import { livenessParameters } from "@sourceprint/match/face/liveness/parameters.js"
import type { FaceInspection, FaceRequest } from "../inspection/inspector.js"

/** Runs in a worker thread, warm: detectors and networks are loaded once. */
const thresholds: FaceThresholds = Array.isArray(workerData) ? workerData[1] : workerData
await faceEngine()

/** Undefined for what is not a picture; one that cannot be decoded counts as a frame without a face. */
async function decoded(bytes: Uint8Array): Promise<GrayImage | RgbImage | undefined> {
  try {
    return (await decodeImage(bytes, "the frame", livenessParameters.maxFramePixels)).image
  } catch (error) {
    if (error instanceof AppError) return undefined
    throw error
  }
}

const rounded = (value: number): number => Math.round(value * 1000) / 1000

/** Never throws for an image. `looked` is told after each frame how many were looked at. */
export async function judge({
  frames,
  actions,
  references,
  enrols,
  looked,
}: FaceRequest & { readonly looked: MessagePort }): Promise<FaceInspection> {
  const images: (GrayImage | RgbImage)[] = []
  for (const frame of frames) {
    const image = await decoded(frame)
    if (image === undefined) return { fault: "quality", detail: { frames: frames.length }, template: undefined }
    images.push(image)
  }
  const known = references.map((reference) => embeddingV2Matcher.codec.decode(reference))
  const { fault, goodFrames, liveness, alike, score, template } = await judgeFaceCapture(
    images,
    actions,
    known,
    thresholds,
    { enrols, onLooked: (count) => looked.postMessage(count) },
  )
  const detail = {
    frames: frames.length,
    goodFrames,
    ...(liveness.fault !== undefined && { liveness: liveness.fault }),
    headScore: rounded(liveness.head),
    headThreshold: livenessParameters.headTurn,
    alike: rounded(alike),
    alikeThreshold: thresholds.samePerson,
    ...(known.length > 0 && { faceScore: rounded(score), faceThreshold: thresholds.match }),
  }
  return { fault, detail, template: template && embeddingV2Matcher.codec.encode(template) }
}

/** Asked once a thread at the start: the thread has loaded everything. */
export const ready = (): string => embeddingV2Matcher.id
