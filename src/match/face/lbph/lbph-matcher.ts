import { AppError } from "@sourceprint/core/errors.js"
import type { GrayImage, RgbImage } from "@sourceprint/core/image/gray-image.js"
import { noTrace, type Trace } from "@sourceprint/core/trace.js"
import type { Matcher, TemplateCodec } from "../../matcher.js"
import { alignFace } from "../align-face.js"
import { detectFace, type FoundFace } from "../detect-face.js"
import { faceQuality } from "../face-quality.js"
import { gatherFrames } from "../gather-frames.js"
import { faceParameters } from "../parameters.js"
import { cellPixels, histogramDistance, LBPH_LENGTH, localBinaryHistogram } from "./local-binary-histogram.js"

/** Histograms of the frames kept of one person. */
export interface LbphTemplate {
  /** 0 to 100, of the best frame. */
  readonly quality: number
  /** `localBinaryHistogram` of the aligned face, one a frame. */
  readonly frames: readonly Uint16Array[]
}

/** Distance of two histograms with nothing in common. */
const MAX_DISTANCE = 256
const PIXELS_PER_CELL = cellPixels(faceParameters.align.width, faceParameters.align.height)

const distance = (a: Uint16Array, b: Uint16Array): number => histogramDistance(a, b, PIXELS_PER_CELL)

/** Counts of one cell fit into a byte at this crop size (143 pixels). */
const codec: TemplateCodec<LbphTemplate> = {
  version: 1,
  encode({ quality, frames }) {
    const bytes = new Uint8Array(4 + frames.length * LBPH_LENGTH)
    bytes.set([1, Math.round(quality), frames.length >> 8, frames.length & 255])
    frames.forEach((frame, i) => {
      bytes.set(frame, 4 + i * LBPH_LENGTH)
    })
    return bytes
  },
  decode(bytes) {
    const count = (bytes[2] << 8) | bytes[3]
    if (bytes[0] !== 1 || bytes.length !== 4 + count * LBPH_LENGTH || count === 0) {
      throw new AppError("match/template", "not an lbph template of version 1; enrol again")
    }
    const frames = Array.from({ length: count }, (_, i) =>
      Uint16Array.from(bytes.subarray(4 + i * LBPH_LENGTH, 4 + (i + 1) * LBPH_LENGTH)),
    )
    return { quality: bytes[1], frames }
  },
}

/** One template of several of the same person: all their frames, the best quality. */
export const mergeLbph = (templates: readonly LbphTemplate[]): LbphTemplate => ({
  quality: Math.max(...templates.map((t) => t.quality)),
  frames: templates.flatMap((t) => t.frames),
})

/** Finds the one face of an image: the built-in detector, or a cascade. */
export type FaceFinder = (image: GrayImage | RgbImage) => Promise<FoundFace>

/** The replaced chat system's recogniser: local binary pattern histograms, nearest frame, chi-square. The score is 256
 *  minus the distance. */
export function lbphMatcher(find: FaceFinder = detectFace, id = "lbph"): Matcher<GrayImage | RgbImage, LbphTemplate> {
  const look = async (image: GrayImage | RgbImage, trace: Trace): Promise<LbphTemplate> => {
    const face = await find(image)
    const aligned = alignFace(image, face)
    trace.record("face", () => face)
    trace.record("aligned", () => aligned)
    return {
      frames: [localBinaryHistogram(aligned)],
      quality: Math.round(faceQuality(face, aligned).overall),
    }
  }
  return {
    id,
    modality: "face",
    summary: "local binary pattern histograms, nearest of the enrolled frames (the replaced chat system's recogniser)",
    enrol: async (images, trace = noTrace) =>
      mergeLbph(
        await gatherFrames(
          images,
          (image) => look(image, trace),
          (a, b) => distance(a.frames[0], b.frames[0]) < faceParameters.nearCopy.lbphDistance,
        ),
      ),
    probe: (image, trace = noTrace) => look(image, trace),
    compare: (reference, probe) => {
      let nearest = MAX_DISTANCE
      for (const a of reference.frames) for (const b of probe.frames) nearest = Math.min(nearest, distance(a, b))
      return MAX_DISTANCE - nearest
    },
    quality: ({ quality }) => quality,
    codec,
  }
}
