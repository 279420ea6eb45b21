import { brightened } from "@sourceprint/core/image/brighten.js"
import type { GrayImage, RgbImage } from "@sourceprint/core/image/gray-image.js"
import { type FaceBox, severalFaces, showSeveralFaces } from "@sourceprint/core/image/several-faces.js"
import type * as tfTypes from "@tensorflow/tfjs"
import { FailureToEnrol } from "../matcher.js"
import { type FaceEngine, faceEngine } from "./face-engine.js"
import { faceParameters } from "./parameters.js"

export interface Point {
  readonly x: number
  readonly y: number
}

/** A face in pixels of the image it was found in; the box may reach over the edge. */
export interface FoundFace {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  /** Of the detector, 0 to 1. */
  readonly score: number
  /** 68 points in the order of the iBUG 300-W annotation. */
  readonly landmarks: readonly Point[]
}

const { detect } = faceParameters

/** The one face of an image. @throws FailureToEnrol "no-face", "several-faces", "too-small" or "too-large" */
export async function detectFace(image: GrayImage | RgbImage): Promise<FoundFace> {
  const { width, height } = image
  if (Math.min(width, height) < detect.minSidePx) {
    throw new FailureToEnrol("too-small", `${width} × ${height} pixels, a face needs ${detect.minSidePx} a side`)
  }
  if (width * height > detect.maxPixels) {
    throw new FailureToEnrol("too-large", `${width} × ${height} pixels, at most ${detect.maxPixels} in all are taken`)
  }
  const { api, tf } = await faceEngine()
  const seen = brightened(image)
  const boxes: FaceBox[] = []
  for (const inputSize of severalFaces.passesPx) {
    const options = new api.TinyFaceDetectorOptions({ inputSize, scoreThreshold: severalFaces.minScore })
    boxes.push(...(await boxesIn(api, tf, seen, options)))
  }
  let faces: FoundFace[] = []
  for (const attempt of detect.attempts) {
    if (faces.length === 0 && Math.max(width, height) >= attempt.minLongerSidePx) {
      faces = await tryOnce(api, tf, seen, attempt)
    }
  }
  if (showSeveralFaces([...boxes, ...faces])) {
    throw new FailureToEnrol("several-faces", "more than one face is in the picture: let one person stand in front")
  }
  const [largest] = faces.sort((a, b) => b.width * b.height - a.width * a.height)
  if (largest !== undefined) return largest
  throw new FailureToEnrol("no-face", "no face was found: look at the camera in good light")
}

/** Image with a grey border as a (height, width, 3) tensor of 0 to 255, small pictures enlarged and, where told, large
 *  ones reduced; and what brings its points back. */
export function borderedTensor(
  tf: typeof tfTypes,
  image: GrayImage | RgbImage,
  border: number,
  mostLongerSidePx = Number.POSITIVE_INFINITY,
): { tensor: tfTypes.Tensor3D; toImage: (point: Point) => Point; scale: number } {
  const { width, height, pixels } = image
  const reduced = Math.min(1, mostLongerSidePx / Math.max(width, height))
  const enlarged = Math.max(1, detect.workingSidePx / Math.min(width, height))
  const scale = reduced * enlarged
  const sizeOf = (factor: number, edge = 0): [number, number] => [
    Math.round((height * reduced + 2 * edge) * factor),
    Math.round((width * reduced + 2 * edge) * factor),
  ]
  const borderPx = Math.round(Math.min(width, height) * reduced * border)
  const tensor = tf.tidy(() => {
    const channels = pixels.length === width * height ? 1 : 3
    const flat = tf.tensor3d(new Float32Array(pixels), [height, width, channels])
    const colour: tfTypes.Tensor3D = channels === 1 ? tf.tile(flat, [1, 1, 3]) : flat
    const small = reduced === 1 ? colour : tf.image.resizeBilinear(colour, sizeOf(1))
    const edge: [number, number] = [borderPx, borderPx]
    const padded = borderPx === 0 ? small : tf.pad(small, [edge, edge, [0, 0]], 128)
    return enlarged === 1 ? tf.clone(padded) : tf.image.resizeBilinear(padded, sizeOf(enlarged, borderPx))
  })
  const toImage = ({ x, y }: Point): Point => ({
    x: (x / enlarged - borderPx) / reduced,
    y: (y / enlarged - borderPx) / reduced,
  })
  return { tensor, scale, toImage }
}

/** Boxes alone, of a picture brought to at most `detect.mostLongerSidePx`. */
async function boxesIn(
  api: FaceEngine["api"],
  tf: typeof tfTypes,
  image: GrayImage | RgbImage,
  options: InstanceType<FaceEngine["api"]["TinyFaceDetectorOptions"]>,
): Promise<FaceBox[]> {
  const { tensor, toImage, scale } = borderedTensor(tf, image, 0, detect.mostLongerSidePx)
  try {
    const found = await api.detectAllFaces(faceInput(tensor), options)
    return found.map(({ box, score }) => ({
      ...toImage({ x: box.x, y: box.y }),
      width: box.width / scale,
      height: box.height / scale,
      score,
    }))
  } finally {
    tensor.dispose()
  }
}

async function tryOnce(
  api: FaceEngine["api"],
  tf: typeof tfTypes,
  image: GrayImage | RgbImage,
  attempt: (typeof detect.attempts)[number],
): Promise<FoundFace[]> {
  const { tensor, toImage, scale } = borderedTensor(tf, image, attempt.border, detect.mostLongerSidePx)
  try {
    const options =
      attempt.net === "tiny"
        ? new api.TinyFaceDetectorOptions({ inputSize: attempt.inputPx, scoreThreshold: attempt.minScore })
        : new api.SsdMobilenetv1Options({ minConfidence: attempt.minScore })
    const found = await api.detectAllFaces(faceInput(tensor), options).withFaceLandmarks()
    return found.map(({ detection, landmarks }) => {
      const { x, y, width, height } = detection.box
      const corner = toImage({ x, y })
      return {
        ...corner,
        width: width / scale,
        height: height / scale,
        score: detection.score,
        landmarks: landmarks.positions.map(toImage),
      }
    })
  } finally {
    tensor.dispose()
  }
}

/** The package's declarations name a tensor type of their own copy of tfjs. */
type FaceInput = Parameters<FaceEngine["api"]["detectAllFaces"]>[0]
/** face-api brings a tfjs of its own, whose tensors are the same and whose types are not. */
export const faceInput = (tensor: unknown): FaceInput => tensor as FaceInput
