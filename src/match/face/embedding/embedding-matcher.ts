import { AppError } from "@sourceprint/core/errors.js"
import { brightened } from "@sourceprint/core/image/brighten.js"
import type { GrayImage, RgbImage } from "@sourceprint/core/image/gray-image.js"
import { noTrace, type Trace } from "@sourceprint/core/trace.js"
import type { Matcher, TemplateCodec } from "../../matcher.js"
import { alignFace } from "../align-face.js"
import { borderedTensor, detectFace, type FoundFace, faceInput } from "../detect-face.js"
import { faceEngine } from "../face-engine.js"
import { faceQuality } from "../face-quality.js"
import { gatherFrames } from "../gather-frames.js"
import { faceParameters } from "../parameters.js"

export const DESCRIPTOR_LENGTH = 128

/** One descriptor: the mean of the frames kept. */
export interface EmbeddingTemplate {
  /** 0 to 100, of the best frame. */
  readonly quality: number
  readonly descriptor: Float32Array
}

/** Descriptors of different people are rarely farther apart than this; the score is what is left of it. */
const MAX_DISTANCE = 2

const distance = (a: Float32Array, b: Float32Array): number => {
  let sum = 0
  for (let i = 0; i < DESCRIPTOR_LENGTH; i++) sum += (a[i] - b[i]) ** 2
  return Math.sqrt(sum)
}

/** @param version the first byte: templates of different matchers are not mixed up */
export const embeddingCodec = (version: number): TemplateCodec<EmbeddingTemplate> => ({
  version,
  encode({ quality, descriptor }) {
    const bytes = new Uint8Array(2 + DESCRIPTOR_LENGTH * 4)
    bytes.set([version, Math.round(quality)])
    const view = new DataView(bytes.buffer)
    descriptor.forEach((value, i) => {
      view.setFloat32(2 + i * 4, value)
    })
    return bytes
  },
  decode(bytes) {
    if (bytes[0] !== version || bytes.length !== 2 + DESCRIPTOR_LENGTH * 4) {
      throw new AppError("match/template", `not an embedding template of version ${version}; enrol again`)
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const descriptor = Float32Array.from({ length: DESCRIPTOR_LENGTH }, (_, i) => view.getFloat32(2 + i * 4))
    return { quality: bytes[1], descriptor }
  },
})

/** Two frames that add nothing to each other. */
export const areNearDuplicates = (a: EmbeddingTemplate, b: EmbeddingTemplate): boolean =>
  distance(a.descriptor, b.descriptor) < faceParameters.nearCopy.embeddingDistance

/** One template of several of the same person: the mean descriptor, the best quality. */
export function mergeEmbeddings(templates: readonly EmbeddingTemplate[]): EmbeddingTemplate {
  const descriptor = new Float32Array(DESCRIPTOR_LENGTH)
  for (const one of templates) {
    for (let i = 0; i < DESCRIPTOR_LENGTH; i++) descriptor[i] += one.descriptor[i] / templates.length
  }
  return { descriptor, quality: Math.max(...templates.map((t) => t.quality)) }
}

async function look(image: GrayImage | RgbImage, trace: Trace): Promise<EmbeddingTemplate> {
  const face = await detectFace(image)
  const aligned = alignFace(image, face)
  trace.record("face", () => face)
  trace.record("aligned", () => aligned)
  return describeFace(image, face, faceQuality(face, aligned).overall)
}

/** The template of one face that was found already. */
async function describeFace(image: GrayImage | RgbImage, face: FoundFace, quality: number): Promise<EmbeddingTemplate> {
  const { api, tf } = await faceEngine()
  // The network was trained on loosely cut faces: the box of the landmarks, squared and a third larger.
  const { tensor } = borderedTensor(tf, loosely(brightened(image), face.landmarks), 0)
  try {
    const descriptor = (await api.computeFaceDescriptor(faceInput(tensor))) as Float32Array
    return { descriptor, quality: Math.round(quality) }
  } finally {
    tensor.dispose()
  }
}

/** The square around the landmarks; the image's edge pixels are repeated where it reaches over. */
function loosely(image: GrayImage | RgbImage, landmarks: readonly { x: number; y: number }[]): GrayImage | RgbImage {
  const { embeddingMargin } = faceParameters.align
  const xs = landmarks.map((p) => p.x)
  const ys = landmarks.map((p) => p.y)
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)]
  const side = Math.max(2, Math.round(Math.max(right - left, bottom - top) * (1 + embeddingMargin)))
  const x0 = Math.round((left + right - side) / 2)
  const y0 = Math.round((top + bottom - side) / 2)
  const channels = image.pixels.length === image.width * image.height ? 1 : 3
  const pixels = new Uint8Array(side * side * channels)
  for (let y = 0; y < side; y++) {
    const row = Math.min(image.height - 1, Math.max(0, y0 + y)) * image.width
    for (let x = 0; x < side; x++) {
      const from = (row + Math.min(image.width - 1, Math.max(0, x0 + x))) * channels
      for (let c = 0; c < channels; c++) pixels[(y * side + x) * channels + c] = image.pixels[from + c]
    }
  }
  return { width: side, height: side, pixels }
}

/** The 128-number descriptor of a residual network (dlib's, converted by face-api): distances below about 0.6 are the
 *  same person. The score is 2 minus the distance. */
export const embeddingMatcher: Matcher<GrayImage | RgbImage, EmbeddingTemplate> = {
  id: "embedding",
  modality: "face",
  summary: "128-number descriptor of a residual network, mean over the enrolled frames",
  async enrol(images, trace = noTrace) {
    const looks = await gatherFrames(images, (image) => look(image, trace), areNearDuplicates)
    return mergeEmbeddings(looks)
  },
  probe: (image, trace = noTrace) => look(image, trace),
  compare: (reference, probe) => Math.max(0, MAX_DISTANCE - distance(reference.descriptor, probe.descriptor)),
  quality: ({ quality }) => quality,
  codec: embeddingCodec(1),
}
