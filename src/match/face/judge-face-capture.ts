import type { GrayImage, RgbImage } from "@sourceprint/core/image/gray-image.js"
import { FailureToEnrol } from "../matcher.js"
import { alignFace } from "./align-face.js"
import type { FoundFace } from "./detect-face.js"
import { describeUpright } from "./embedding/describe-upright.js"
import { areNearDuplicates, type EmbeddingTemplate, mergeEmbeddings } from "./embedding/embedding-matcher.js"
import { embeddingV2Matcher } from "./embedding/embedding-v2-matcher.js"
import { faceQuality } from "./face-quality.js"
import { findFace } from "./find-face.js"
import { checkActions, type LivenessAction, type LivenessVerdict } from "./liveness/check-actions.js"
import { eyeDarkness } from "./liveness/eye-darkness.js"
import { type FrameGeometry, frameGeometry } from "./liveness/frame-geometry.js"
import { livenessParameters } from "./liveness/parameters.js"

export interface FaceThresholds {
  /** Of the embedding-v2 matcher; a face matches its reference when score >= threshold. */
  readonly match: number
  /** Two frames of one capture show one person when their score reaches it: lower, since one of them may be turned. */
  readonly samePerson: number
}

/** On odd people of the ORL faces, half of a person's straight pictures enrolled, the other half shown: none of 380
 *  comparisons of strangers reaches `match` (best 1.584; by a normal tail 1 of 2000), all 20 of one person do (worst
 *  1.664). Of two straight pictures, and of a turned one against the straight ones together: all 439 of one person
 *  reach `samePerson` (worst 1.506), 2 of 3838 of strangers do. */
export const defaultFaceThresholds: FaceThresholds = { match: 1.6, samePerson: 1.5 }

/** Why a capture is not taken, in the order of the checks. */
export type FaceFault = "quality" | "liveness" | "person" | "face"

export interface JudgedFaceCapture {
  readonly fault: FaceFault | undefined
  /** Frames with one good face. */
  readonly goodFrames: number
  readonly liveness: LivenessVerdict
  /** Least likeness of two straight looks, and of an action's clearest frame to the straight looks together. */
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

export interface FaceJudgingOptions {
  /** Keeps a template: near-duplicates are dropped, and frames that are not clearly of this person. */
  readonly enrols?: boolean
  /** Told after each frame how many were looked at. */
  onLooked?(frames: number): void
}

const { compare } = embeddingV2Matcher
const MAX_STRAIGHT = 4
/** Of the frames, so many may show no face (a blur in a turn); two faces are never taken. */
const MAX_LOST = 0.25

async function look(image: GrayImage | RgbImage): Promise<GoodFrame | "none" | "several"> {
  try {
    const face = await findFace(image)
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
 *  @param references of the claimed account; empty where nobody is to be matched */
export async function judgeFaceCapture(
  images: readonly (GrayImage | RgbImage)[],
  actions: readonly LivenessAction[],
  references: readonly EmbeddingTemplate[],
  { match, samePerson }: FaceThresholds,
  { enrols = false, onLooked = () => {} }: FaceJudgingOptions = {},
): Promise<JudgedFaceCapture> {
  const good: GoodFrame[] = []
  let several = false
  for (const [i, image] of images.entries()) {
    const seen = await look(image)
    onLooked(i + 1)
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
  for (const i of evidence) described.push(await describeUpright(good[i].image, good[i].face, good[i].quality))
  const count = liveness.fault === undefined ? straightCount(liveness) : described.length
  const looks = described.slice(0, count)
  const probe = looks.length > 0 ? mergeEmbeddings(looks) : undefined
  const alike = probe === undefined ? 0 : likenessWithin(looks, probe, described.slice(count))
  const score = probe === undefined ? 0 : references.reduce((best, one) => Math.max(best, compare(one, probe)), 0)
  const fault = ((): FaceFault | undefined => {
    if (several || good.length === 0 || lost > MAX_LOST * images.length) return "quality"
    if (liveness.fault !== undefined) return "liveness"
    if (!(alike >= samePerson)) return "person"
    return references.length > 0 && !(score >= match) ? "face" : undefined
  })()
  const template =
    enrols && fault === undefined && probe !== undefined
      ? await templateOf(good, described, evidence, (one) => compare(probe, one) >= samePerson)
      : undefined
  return { fault, goodFrames: good.length, liveness, alike, score, template }
}

/** Every straight look against every other, so that none can hide in their mean; the actions against them together. */
const likenessWithin = (
  looks: readonly EmbeddingTemplate[],
  together: EmbeddingTemplate,
  actions: readonly EmbeddingTemplate[],
): number =>
  Math.min(
    ...looks.flatMap((one, i) => looks.slice(i).map((other) => compare(one, other))),
    ...actions.map((one) => compare(together, one)),
  )

async function templateOf(
  good: readonly GoodFrame[],
  described: readonly EmbeddingTemplate[],
  evidence: readonly number[],
  isOfPerson: (one: EmbeddingTemplate) => boolean,
): Promise<EmbeddingTemplate> {
  const kept: EmbeddingTemplate[] = []
  const keep = (one: EmbeddingTemplate): void => {
    if (!kept.some((other) => areNearDuplicates(one, other))) kept.push(one)
  }
  for (const one of described) keep(one)
  for (const [i, { image, face, quality }] of good.entries()) {
    if (evidence.includes(i)) continue
    const one = await describeUpright(image, face, quality)
    if (isOfPerson(one)) keep(one)
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
