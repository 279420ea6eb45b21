import { defined } from "@sourceprint/core/defined.js"
import { setThreadsCount, setWasmPaths } from "@tensorflow/tfjs-backend-wasm"
import plainWasm from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url"
import simdWasm from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url"
import { ready, setBackend } from "@tensorflow/tfjs-core"
import "@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js"
import { brighteningTable } from "@sourceprint/core/image/brighten.js"
import { mirroredIndex } from "@sourceprint/core/image/mirror-landmarks.js"
import { type FaceBox, severalFaces, showSeveralFaces } from "@sourceprint/core/image/several-faces.js"
import {
  env,
  FaceLandmark68Net,
  TinyFaceDetector,
  TinyFaceDetectorOptions,
  tf,
} from "@vladmandic/face-api/dist/face-api.esm-nobundle.js"
import landmarkWeights from "@vladmandic/face-api/model/face_landmark_68_model.bin?url"
import landmarkManifest from "@vladmandic/face-api/model/face_landmark_68_model-weights_manifest.json"
import detectorWeights from "@vladmandic/face-api/model/tiny_face_detector_model.bin?url"
import detectorManifest from "@vladmandic/face-api/model/tiny_face_detector_model-weights_manifest.json"
import type { FaceAnswer, FaceRequest } from "./face-request.js"
import type { FaceSight } from "./face-sight.js"
import { lightOfFace } from "./light-of-face.js"

/** Finds faces and their landmarks away from the page. The picture never leaves this computer by this. The WebAssembly
 *  kernels are used alone: they need no evaluation of text, which the content policy forbids, and no graphics card. */
const answer = (message: FaceAnswer, transfer: Transferable[] = []): void => postMessage(message, { transfer })

const detector = new TinyFaceDetector()
const landmarker = new FaceLandmark68Net()
const options = new TinyFaceDetectorOptions({ inputSize: 224, scoreThreshold: 0.45 })
/** The square that the landmark network looks at, by the longer side of the landmarks' own box. */
const LOOSENESS = 1.15

type Manifest = readonly { readonly weights: unknown }[]

async function weightsOf(manifest: Manifest, url: string): Promise<tf.NamedTensorMap> {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`the face detector's weights are not there (${response.status})`)
  const specs = manifest.flatMap(({ weights }) => weights as Parameters<typeof tf.io.decodeWeights>[1])
  return tf.io.decodeWeights(await response.arrayBuffer(), specs)
}

async function start(): Promise<void> {
  // face-api looks for a page or for Node and finds neither; only its tensors are used here.
  const absent: unknown = class {}
  env.setEnv({
    Canvas: absent as typeof HTMLCanvasElement,
    CanvasRenderingContext2D: absent as typeof CanvasRenderingContext2D,
    Image: absent as typeof HTMLImageElement,
    ImageData,
    Video: absent as typeof HTMLVideoElement,
    createCanvasElement: () => {
      throw new TypeError("there is no canvas in this worker")
    },
    createImageElement: () => {
      throw new TypeError("there is no image element in this worker")
    },
    createVideoElement: () => {
      throw new TypeError("there is no video element in this worker")
    },
    fetch,
    readFile: () => Promise.reject(new TypeError("there are no files in this worker")),
  })
  setThreadsCount(1)
  setWasmPaths({
    "tfjs-backend-wasm.wasm": plainWasm,
    "tfjs-backend-wasm-simd.wasm": simdWasm,
    "tfjs-backend-wasm-threaded-simd.wasm": simdWasm, // asked for, never fetched: threads need shared memory
  })
  await setBackend("wasm")
  await ready()
  detector.loadFromWeightMap(await weightsOf(detectorManifest, detectorWeights))
  landmarker.loadFromWeightMap(await weightsOf(landmarkManifest, landmarkWeights))
}

interface Part {
  readonly x: number
  readonly y: number
  readonly columns: number
  readonly rows: number
}

/** x, y, x, y … in pixels of the frame. */
async function landmarksIn(frame: tf.Tensor3D, { x, y, columns, rows }: Part): Promise<Float32Array> {
  const crop = tf.slice3d(frame, [y, x, 0], [rows, columns, 3])
  const marks = await landmarker.detectLandmarks(crop)
  crop.dispose()
  const positions = [marks].flat().flatMap((found) => found.positions)
  return Float32Array.from(positions.flatMap((mark) => [mark.x + x, mark.y + y]))
}

/** Looked at twice more, as the server does (src/match/face/find-face.ts): in a square that the landmarks themselves
 *  set, so that the detector's box does not shake them, plain and mirrored; the mean of both. */
async function refined(frame: tf.Tensor3D, mirror: tf.Tensor3D, first: Float32Array): Promise<Float32Array> {
  const xs = first.filter((_, i) => i % 2 === 0)
  const ys = first.filter((_, i) => i % 2 === 1)
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)]
  const half = (LOOSENESS / 2) * Math.max(right - left, bottom - top)
  const [height, width] = frame.shape
  const x = Math.max(0, Math.round((left + right) / 2 - half))
  const y = Math.max(0, Math.round((top + bottom) / 2 - half))
  const columns = Math.min(width, Math.round((left + right) / 2 + half)) - x
  const rows = Math.min(height, Math.round((top + bottom) / 2 + half)) - y
  if (columns < 16 || rows < 16) return first
  const plain = await landmarksIn(frame, { x, y, columns, rows })
  const mirrored = await landmarksIn(mirror, { x: width - x - columns, y, columns, rows })
  return plain.map((value, i) => {
    const other = defined(mirrored[2 * defined(mirroredIndex[i >> 1]) + (i % 2)])
    return (value + (i % 2 === 0 ? width - other : other)) / 2
  })
}

/** Whether more than one person is in the frame. */
async function several(frame: tf.Tensor3D, seen: readonly FaceSight[]): Promise<boolean> {
  if (seen.length !== 1) return seen.length > 1
  const boxes: FaceBox[] = seen.map(({ box, score }) => ({ ...box, score }))
  for (const inputSize of severalFaces.pagePassesPx) {
    const pass = new TinyFaceDetectorOptions({ inputSize, scoreThreshold: severalFaces.minScore })
    for (const { box, score } of await detector.locateFaces(frame, pass)) {
      boxes.push({ x: box.x, y: box.y, width: box.width, height: box.height, score })
    }
  }
  return showSeveralFaces(boxes)
}

async function facesIn(frame: tf.Tensor3D, mirror: tf.Tensor3D): Promise<FaceSight[]> {
  const found = await detector.locateFaces(frame, options)
  const [height, width] = frame.shape
  const faces: FaceSight[] = []
  for (const { box, score } of found) {
    const x = Math.max(0, Math.floor(box.x))
    const y = Math.max(0, Math.floor(box.y))
    const columns = Math.min(width, Math.ceil(box.x + box.width)) - x
    const rows = Math.min(height, Math.ceil(box.y + box.height)) - y
    if (columns < 16 || rows < 16) continue
    const first = await landmarksIn(frame, { x, y, columns, rows })
    const landmarks = await refined(frame, mirror, first)
    faces.push({ box: { x: box.x, y: box.y, width: box.width, height: box.height }, score, landmarks })
  }
  return faces.sort((a, b) => b.box.width * b.box.height - a.box.width * a.box.height)
}

async function look({ id, widthPx, heightPx, rgba }: FaceRequest): Promise<void> {
  const rgb = new Int32Array(3 * widthPx * heightPx)
  const mirrored = new Int32Array(rgb.length)
  for (let i = 0; i < widthPx * heightPx; i++) {
    for (let c = 0; c < 3; c++) {
      rgb[3 * i + c] = rgba[4 * i + c] ?? 0
    }
  }
  const table = brighteningTable(rgb)
  for (let i = 0; i < widthPx * heightPx; i++) {
    const across = i % widthPx
    for (let c = 0; c < 3; c++) {
      const level = defined(rgb[3 * i + c])
      rgb[3 * i + c] = table?.[level] ?? level
      mirrored[3 * (i - across + widthPx - 1 - across) + c] = table?.[level] ?? level
    }
  }
  const shape: [number, number, number] = [heightPx, widthPx, 3]
  const [frame, mirror] = [tf.tensor3d(rgb, shape, "int32"), tf.tensor3d(mirrored, shape, "int32")]
  try {
    const faces = await facesIn(frame, mirror)
    const light = faces[0] && lightOfFace(rgba, widthPx, heightPx, faces[0].box)
    answer({ kind: "look", id, look: { faces, several: await several(frame, faces), light }, rgba }, [rgba.buffer])
  } finally {
    frame.dispose()
    mirror.dispose()
  }
}

const failed = (error: unknown): void => answer({ kind: "failed", why: String(error) })

start().then(() => {
  addEventListener("message", ({ data }: MessageEvent<FaceRequest>) => void look(data).catch(failed))
  answer({ kind: "ready" })
}, failed)
