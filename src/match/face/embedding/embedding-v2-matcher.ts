import type { GrayImage, RgbImage } from "@sourceprint/core/image/gray-image.js"
import { noTrace, type Trace } from "@sourceprint/core/trace.js"
import type { Matcher } from "../../matcher.js"
import { alignFace } from "../align-face.js"
import { faceQuality } from "../face-quality.js"
import { findFace } from "../find-face.js"
import { gatherFrames } from "../gather-frames.js"
import { describeUpright } from "./describe-upright.js"
import {
  areNearDuplicates,
  type EmbeddingTemplate,
  embeddingCodec,
  embeddingMatcher,
  mergeEmbeddings,
} from "./embedding-matcher.js"

async function look(image: GrayImage | RgbImage, trace: Trace): Promise<EmbeddingTemplate> {
  const face = await findFace(image)
  const aligned = alignFace(image, face)
  trace.record("face", () => face)
  trace.record("aligned", () => aligned)
  return describeUpright(image, face, faceQuality(face, aligned).overall)
}

/** `embedding`, its faces found by landmarks that are looked at again, cut as the network's training pictures were, and
 *  described together with their mirror images. Templates of the two are not compared with each other. */
export const embeddingV2Matcher: Matcher<GrayImage | RgbImage, EmbeddingTemplate> = {
  id: "embedding-v2",
  modality: "face",
  summary: "embedding of faces cut upright, with their mirror images",
  async enrol(images, trace = noTrace) {
    return mergeEmbeddings(await gatherFrames(images, (image) => look(image, trace), areNearDuplicates))
  },
  probe: (image, trace = noTrace) => look(image, trace),
  compare: embeddingMatcher.compare,
  quality: embeddingMatcher.quality,
  codec: embeddingCodec(2),
}
