import type { GrayImage, RgbImage } from "../../shared/image/gray-image.js"
import { FailureToEnrol } from "../matcher.js"
import { alignFace } from "./align-face.js"
import { detectFace, type FoundFace } from "./detect-face.js"
import {
  areNearCopies,
  describeFace,
  type EmbeddingTemplate,
  embeddingMatcher,
  mergeEmbeddings,
} from "./embedding/embedding-matcher.js"
import { faceQuality } from "./face-quality.js"
import { checkActions, type LivenessAction, type LivenessVerdict } from "./liveness/check-actions.js"
import { eyeDarkness } from "./liveness/eye-darkness.js"
import { type FrameGeometry, frameGeometry } from "./liveness/frame-geometry.js"
import { livenessParameters } from "./liveness/parameters.js"

export interface FaceThresholds {
  /** Of the embedding matcher; a face matches its reference when score >= threshold. */
  readonly match: number
  /** Two frames of one capture show one person when their score reaches it: lower, since one of them may be turned. */
  readonly samePerson: number
}

/** On odd people of the ORL faces: 1 of 1000 strangers' comparisons reaches `match` (5 frames enrolled, 2 shown); no turned
 *  and no straight picture of one person falls below `samePerson`, but for 1 of 900. */
export const defaultFaceThresholds: FaceThresholds = { match: 1.575, samePerson: 1.42 }

/** Why a capture is not taken, in the order of the checks. */
export type FaceFault = "quality" | "liveness" | "person" | "face"

export interface JudgedFaceCapture {
  readonly fault: FaceFault | undefined
  /** Frames with one good face. */
  readonly goodFrames: number
  readonly liveness: LivenessVerdict
  /** Least likeness among the frames that count as evidence, to the first straight look. */
  readonly alike: number
  /** Of the straight looks together, the best over the references; 0 without references. */
  readonly score: number
  /** Mean of the frames that differ, where `enrols` and nothing failed. */
  readonly template: EmbeddingTemplate | undefined
}

interface GoodFrame {
  readonly image: GrayImage | RgbImage
  readonly face: FoundFace
  readonly quality: number
  readonly geometry: FrameGeometry
}

const MAX_STRAIGHT = 4
/** Of the frames, so many may show no face (a blur in a turn); two faces are never taken. */
const MAX_LOST = 0.25

async function look(image: GrayImage | RgbImage): Promise<GoodFrame | "none" | "several"> {
  try {
    const face = await detectFace(image)
    const aligned = alignFace(image, face)
    const geometry = frameGeometry(face, eyeDarkness(aligned))
    // A turned head is wanted here: its pose does not count against a frame.
    const { size, sharpness, light } = faceQuality(face, aligned)
    const quality = 100 * (size * sharpness * light) ** (1 / 3)
    return { image, face, quality, geometry }
  } catch (error) {
    if (!(error instanceof FailureToEnrol)) throw error
    return error.reason === "several-faces" ? "several" : "none"
  }
}

/** Judges the frames of one face capture, in their order: one good face a frame, the actions done by a head, one person
 *  throughout, and that person the claimed one. Everything is computed whatever fails, so that time tells little.
 *  @param references of the claimed account; empty where nobody is to be matched
 *  @param enrols keeps a template: near-copies are dropped, and frames that are not clearly of this person */
export async function judgeFaceCapture(
  images: readonly (GrayImage | RgbImage)[],
  actions: readonly LivenessAction[],
  references: readonly EmbeddingTemplate[],
  { match, samePerson }: FaceThresholds,
  enrols = false,
): Promise<JudgedFaceCapture> {
  const good: GoodFrame[] = []
  let several = false
  for (const image of images) {
    const seen = await look(image)
    if (seen === "several") several = true
    else if (seen !== "none" && seen.quality >= livenessParameters.minQuality) good.push(seen)
  }
  const lost = images.length - good.length
  const liveness = checkActions(
    good.map(({ geometry }) => geometry),
    actions,
  )
  const evidence = liveness.fault === undefined ? evidenceOf(liveness) : evenly(good.length)
  const described: EmbeddingTemplate[] = []
  for (const i of evidence) described.push(await describeFace(good[i].image, good[i].face, good[i].quality))
  const [first] = described
  const alike = Math.min(...described.map((one) => embeddingMatcher.compare(first, one)))
  const looks = described.slice(0, liveness.fault === undefined ? straightCount(liveness) : undefined)
  const probe = looks.length > 0 ? mergeEmbeddings(looks) : undefined
  const score =
    probe === undefined
      ? 0
      : references.reduce((best, one) => Math.max(best, embeddingMatcher.compare(one, probe)), 0)
  const fault = ((): FaceFault | undefined => {
    if (several || good.length === 0 || lost > MAX_LOST * images.length) return "quality"
    if (liveness.fault !== undefined) return "liveness"
    if (!(alike >= samePerson)) return "person"
    return references.length > 0 && !(score >= match) ? "face" : undefined
  })()
  const template =
    enrols && fault === undefined ? await templateOf(good, described, evidence, samePerson) : undefined
  return {
    fault,
    goodFrames: good.length,
    liveness,
    alike: Number.isFinite(alike) ? alike : 0,
    score,
    template,
  }
}

async function templateOf(
  good: readonly GoodFrame[],
  described: readonly EmbeddingTemplate[],
  evidence: readonly number[],
  samePerson: number,
): Promise<EmbeddingTemplate> {
  const { compare } = embeddingMatcher
  const kept: EmbeddingTemplate[] = []
  const keep = (one: EmbeddingTemplate): void => {
    if (!kept.some((other) => areNearCopies(one, other))) kept.push(one)
  }
  for (const one of described) keep(one)
  for (const [i, { image, face, quality }] of good.entries()) {
    if (evidence.includes(i)) continue
    const one = await describeFace(image, face, quality)
    if (compare(described[0], one) >= samePerson) keep(one)
  }
  return mergeEmbeddings(kept)
}

const straightCount = ({ straight }: LivenessVerdict): number => Math.min(MAX_STRAIGHT, straight.length)

/** Straight looks, spread over the capture, then the clearest frame of each action. */
function evidenceOf(liveness: LivenessVerdict): readonly number[] {
  const count = straightCount(liveness)
  const { straight, peaks } = liveness
  const spread = Array.from(
    { length: count },
    (_, i) => straight[count === 1 ? 0 : Math.round((i * (straight.length - 1)) / (count - 1))],
  )
  return [...spread, ...peaks]
}

const evenly = (length: number): readonly number[] => {
  const count = Math.min(length, MAX_STRAIGHT + 2)
  return Array.from({ length: count }, (_, i) => Math.floor((i * length) / count))
}
