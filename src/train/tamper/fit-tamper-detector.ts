import { defined } from "@sourceprint/core/defined.js"
import { AppError } from "@sourceprint/core/errors.js"
import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { Rng } from "@sourceprint/core/rng.js"
import { type Denoiser, type Forgery, forgeImage, stolenPattern } from "@sourceprint/model/forgery/forge-image.js"
import type { InputContract } from "@sourceprint/model/input-contract.js"
import { linearModel, linearScore } from "@sourceprint/model/linear-model.js"
import type { FittedTamperDetector } from "@sourceprint/model/tamper-detector.js"
import { encodeImage } from "@sourceprint/model/view/encode-image.js"
import { columnMoments } from "../zoo/column-moments.js"
import { logisticRegression } from "../zoo/logistic-regression.js"
import type { LabelledRows } from "../zoo/model-entry.js"
import { ridgeRegression } from "../zoo/ridge-regression.js"
import { standardised } from "../zoo/standardised.js"

export interface TamperTrainingImage {
  readonly scanner: string
  readonly person: string
  readonly image: GrayImage
}

export interface TamperDetectorSettings {
  readonly seed: number
  /** Forgeries made for each genuine image. */
  readonly forgeriesPerImage: number
  /** Share of dev's genuine images that may be refused: of images, not of people, who may touch again. */
  readonly maxRefused: number
  /** Side of the window in the middle of the frame, pixels. */
  readonly sidePx: number
}

export const defaultTamperDetectorSettings: TamperDetectorSettings = {
  seed: 1,
  forgeriesPerImage: 2,
  maxRefused: 0.05,
  sidePx: 224,
}

const PENALTY = 0.02
const DEV_SHARE = 0.25

/** Tells images as they left a sensor from images into which another sensor's pattern was put: genuine images of all
 *  scanners against forgeries that are made of them here, of several kinds, strengths and numbers of stolen images.
 *  People are split: three quarters fit, the rest chooses the threshold. @throws AppError "tamper-detector/images" */
export function fitTamperDetector(
  images: readonly TamperTrainingImage[],
  settings = defaultTamperDetectorSettings,
): FittedTamperDetector {
  const rng = new Rng(settings.seed).fork("guard")
  requireEnough(images)
  const people = [...new Set(images.map(({ person }) => person))]
  const dev = new Set(people.slice(Math.floor(people.length * (1 - DEV_SHARE))))
  const input: InputContract = {
    region: { kind: "sensor-window", sidePx: settings.sidePx },
    encoding: { kind: "level-transitions-v1" },
    vote: "mean",
  }
  const part = (isDev: boolean): LabelledRows => {
    const genuine = images.filter(({ person }) => dev.has(person) === isDev)
    const forged = forgeries(genuine, settings.forgeriesPerImage, rng.fork(isDev ? "dev" : "fit"))
    return labelled(
      genuine.map(({ image }) => image),
      forged,
      input,
    )
  }
  const fit = part(false)
  const moments = columnMoments(fit)
  const share = fit.labels.reduce((sum, label) => sum + label, 0) / fit.labels.length
  const targets = Float64Array.from(fit.labels, (label) => (label === 1 ? 1 : -share / (1 - share)))
  const weights = Float32Array.from(
    ridgeRegression(standardised(fit, moments), fit.rowLength, targets, PENALTY),
  ).subarray(0, fit.rowLength)
  const state = { ...moments, weights }
  const held = part(true)
  const scores = Array.from(held.labels, (_, i) => [linearScore(state, held.rows, i * held.rowLength)])
  const [slope, offset] = logisticRegression(scores, held.labels)
  const model = linearModel({ ...state, slope: defined(slope), offset: defined(offset) })
  const probabilities = model.predict(held.rows)
  const genuine = probabilities.filter((_, i) => held.labels[i] === 1).sort()
  const forged = probabilities.filter((_, i) => held.labels[i] === 0)
  const threshold = defined(genuine[Math.floor(settings.maxRefused * genuine.length)])
  return {
    input,
    model,
    threshold,
    dev: {
      genuine: genuine.length,
      genuineRefused: genuine.filter((value) => value < threshold).length,
      forged: forged.length,
      forgedAccepted: forged.filter((value) => value >= threshold).length,
    },
  }
}

/** Patterns are put in pixel by pixel, and both parts need people and scanners of their own. */
function requireEnough(images: readonly TamperTrainingImage[]): void {
  const distinct = (of: (image: TamperTrainingImage) => string): number => new Set(images.map(of)).size
  const fault =
    distinct(({ scanner }) => scanner) < 2
      ? "images of one scanner only: give at least two"
      : distinct(({ person }) => person) < 4
        ? "fewer than four people: give more"
        : distinct(({ image }) => `${image.width} × ${image.height}`) > 1
          ? "images of different sizes: a tamper detector is for scanners of one kind"
          : undefined
  if (fault !== undefined) throw new AppError("tamper-detector/images", `no tamper detector can be fitted on ${fault}`)
}

function labelled(genuine: readonly GrayImage[], forged: readonly GrayImage[], input: InputContract): LabelledRows {
  const encoded = [...genuine, ...forged].map((image) => encodeImage(image, input))
  const rowLength = defined(encoded[0], "image").length
  const rows = new Float32Array(encoded.length * rowLength)
  encoded.forEach((row, i) => {
    rows.set(row, i * rowLength)
  })
  const labels = Uint8Array.from(encoded, (_, i) => (i < genuine.length ? 1 : 0))
  return { rows, rowLength, labels, sources: new Uint16Array(encoded.length) }
}

/** For each image as a base: patterns of scanners put in that were stolen from images of this same set. */
function forgeries(images: readonly TamperTrainingImage[], perImage: number, rng: Rng): GrayImage[] {
  const scanners = [...new Set(images.map(({ scanner }) => scanner))].sort()
  const patterns = new Map<string, Float32Array>()
  /** A few thieves a scanner, each with images of their own: estimating a pattern is the slow part. */
  const patternOf = (scanner: string, thief: number, forgery: Forgery): Float32Array => {
    const kind = forgery.kind === "added" ? forgery.denoiser : "gain"
    const key = `${scanner}/${thief}/${kind}`
    const own = images.filter((image) => image.scanner === scanner).map(({ image }) => image)
    const stolen = rng.fork(`thief/${scanner}/${thief}`).shuffled(own).slice(0, STOLEN[thief])
    const pattern = patterns.get(key) ?? stolenPattern(stolen, forgery)
    patterns.set(key, pattern)
    return pattern
  }
  return images.flatMap(({ scanner, image }) =>
    Array.from({ length: perImage }, () => {
      const others = scanners.filter((name) => name !== scanner)
      // Mostly another scanner's image; now and then one of the same scanner that was worked over.
      const target = rng.float() < 0.15 ? scanner : rng.pick(others)
      const forgery = drawForgery(rng)
      return forgeImage(image, patternOf(target, rng.below(STOLEN.length), forgery), forgery, rng)
    }),
  )
}

/** Images that a thief of the training has. */
const STOLEN = [4, 8, 20, 40]

function drawForgery(rng: Rng): Forgery {
  const strength = rng.between(0.4, 1.8)
  if (rng.float() < 0.5) {
    return {
      kind: "developed",
      strength: Math.min(1.6, strength),
      noiseDn: rng.between(0, 4),
      smoothPx: rng.pick([0, 1, 1]),
    }
  }
  const denoiser = rng.pick<Denoiser>(["mean-3", "wiener-3", "wide"])
  return {
    kind: "added",
    denoiser,
    strength,
    keep: rng.pick([0, 0.25, 0.5, 1]),
    dither: rng.pick([0, 0, 3, 6]),
  }
}
