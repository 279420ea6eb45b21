import { workerData } from "node:worker_threads"
import { AppError } from "@sourceprint/core/errors.js"
import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { luminance } from "@sourceprint/core/image/luminance.js"
import { decodeImage } from "@sourceprint/core/image/read-image.js"
import { FailureToEnrol } from "@sourceprint/match/matcher.js"
import { loadMatcher } from "@sourceprint/match/registry.js"
import { BONA_FIDE, type ScannerPredictor } from "@sourceprint/model/predictor.js"
import { loadTamperDetector } from "@sourceprint/model/tamper-detector.js"
import type { InspectionSettings } from "./inspection-settings.js"
import type { DuplicateVerdict, EnrolmentInspection, Inspection, InspectionRequest } from "./inspector.js"

/** Runs in a worker thread, warm: matcher and models are loaded once. */
const settings: InspectionSettings = Array.isArray(workerData) ? workerData[1] : workerData
const matcher = await loadMatcher("fingerprint", settings.matcherId)
const tamperDetector =
  settings.tamperDetector === undefined ? undefined : await loadTamperDetector(settings.tamperDetector)
const predictors = new Map<string, Promise<ScannerPredictor>>()

type PredictorModule = { loadPredictor(model: string): Promise<ScannerPredictor> }

/** @param target what the model must accept */
async function open(model: string, target: string): Promise<ScannerPredictor> {
  const { predictorModule = import.meta.resolve("@sourceprint/model/load-predictor.js") } = settings
  const predictor = await ((await import(predictorModule)) as PredictorModule).loadPredictor(model)
  if (predictor.targetScanner === target) return predictor
  throw new AppError("serve/models", `model ${model} accepts ${predictor.targetScanner}, not ${target}`)
}

function predictorOf(scannerId: string): Promise<ScannerPredictor> | undefined {
  const model = Object.hasOwn(settings.models, scannerId) ? settings.models[scannerId] : undefined
  if (model === undefined) return undefined
  let predictor = predictors.get(scannerId)
  if (predictor === undefined) {
    predictor = open(model, scannerId)
    predictors.set(scannerId, predictor)
  }
  return predictor
}
for (const scannerId of Object.keys(settings.models)) await predictorOf(scannerId)
const livenessModel = settings.liveness === undefined ? undefined : await open(settings.liveness, BONA_FIDE)

/** Twice the largest image of the sensors and data sets that are read here; sixteen times takes seconds to judge. */
const MAX_CAPTURE_PIXELS = 2_000_000

async function decoded(bytes: Uint8Array): Promise<GrayImage | undefined> {
  try {
    const { channels, image } = await decodeImage(bytes, "the capture", MAX_CAPTURE_PIXELS)
    if (image.width * image.height > MAX_CAPTURE_PIXELS) return undefined // a format that is its pixels
    return channels === 1 ? image : luminance(image)
  } catch (error) {
    if (error instanceof AppError) return undefined
    throw error
  }
}

const nothing = {
  quality: 0,
  acceptable: false,
  score: 0,
  duplicate: undefined,
  probe: undefined,
  scanner: undefined,
}

/** Least stretch of the skin between the probe and the touches that are known. */
function duplicateVerdict(
  references: readonly unknown[],
  earlier: readonly unknown[],
  probe: unknown,
): DuplicateVerdict | undefined {
  const { duplicateTest } = matcher
  if (duplicateTest === undefined) return undefined
  const distortions = (known: readonly unknown[]) =>
    known.map((template) => duplicateTest.distortionPx(template, probe))
  const toEarlier = distortions(earlier)
  const found = [...distortions(references), ...toEarlier].filter((value) => value !== undefined)
  return {
    distortionPx: found.length === 0 ? undefined : Math.min(...found),
    boundPx: duplicateTest.boundPx,
    comparable: toEarlier.every((value) => value !== undefined),
  }
}

/** Never throws for an image. Everything is computed whatever the quality, so that time does not tell. */
export async function inspect(request: InspectionRequest): Promise<Inspection> {
  const { image, scannerId } = request
  const stageMs: Record<string, number> = {}
  const timed = async <T>(stage: string, work: () => T | Promise<T>): Promise<T> => {
    const startMs = performance.now()
    try {
      return await work()
    } finally {
      stageMs[stage] = performance.now() - startMs
    }
  }
  const { scoreThreshold, qualityFloor } = settings
  const gray = await timed("decode", () => decoded(image))
  if (gray === undefined) return { ...nothing, qualityFloor, scoreThreshold, stageMs }
  const scanner = await timed("scanner", async () => (await (await predictorOf(scannerId))?.predict([gray]))?.[0])
  const judged = await timed("guard", () => tamperDetector?.judge(gray))
  const liveness = await timed("liveness", async () => (await livenessModel?.predict([gray]))?.[0])
  try {
    const probe = await timed("extract", () => matcher.probe(gray))
    const quality = matcher.quality(probe)
    const references = request.references.map(matcher.codec.decode)
    const earlier = (request.earlier ?? []).map(matcher.codec.decode)
    const score = await timed("compare", () =>
      references.reduce<number>((best, reference) => Math.max(best, matcher.compare(reference, probe)), 0),
    )
    const duplicate = await timed("copy", () => duplicateVerdict(references, earlier, probe))
    return {
      quality,
      acceptable: quality >= qualityFloor,
      qualityFloor,
      score,
      scoreThreshold,
      duplicate,
      probe: matcher.codec.encode(probe),
      scanner,
      tamperDetector: judged,
      liveness,
      stageMs,
    }
  } catch (error) {
    if (!(error instanceof FailureToEnrol)) throw error
    return { ...nothing, qualityFloor, scoreThreshold, scanner, tamperDetector: judged, liveness, stageMs }
  }
}

/** The images must be of one finger: each matches the template of the others together. */
export async function enrol(images: readonly Uint8Array[]): Promise<EnrolmentInspection> {
  const grays: GrayImage[] = []
  for (const bytes of images) {
    const gray = await decoded(bytes)
    if (gray === undefined) return { template: undefined, reason: "quality" }
    grays.push(gray)
  }
  try {
    for (const [i, gray] of grays.entries()) {
      const others = grays.filter((_, k) => k !== i)
      if (others.length === 0) break
      const score = matcher.compare(await matcher.enrol(others), await matcher.probe(gray))
      if (score < settings.scoreThreshold) return { template: undefined, reason: "finger" }
    }
    return { template: matcher.codec.encode(await matcher.enrol(grays)), reason: undefined }
  } catch (error) {
    if (!(error instanceof FailureToEnrol)) throw error
    return { template: undefined, reason: "quality" }
  }
}

/** Asked once a thread at the start: the thread has loaded everything. */
export const ready = (): boolean => true
