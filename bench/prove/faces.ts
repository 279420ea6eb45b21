import { join } from "node:path"
import { AppError } from "@sourceprint/core/errors.js"
import { blurred, noisy, rotated } from "@sourceprint/core/image/distortion.js"
import type { GrayImage, RgbImage } from "@sourceprint/core/image/gray-image.js"
import { readGrayImage } from "@sourceprint/core/image/read-image.js"
import { equalErrorRate } from "@sourceprint/core/metrics/equal-error-rate.js"
import { errorCurve } from "@sourceprint/core/metrics/error-curve.js"
import { wilsonInterval } from "@sourceprint/core/metrics/wilson.js"
import { Rng } from "@sourceprint/core/rng.js"
import {
  type EmbeddingTemplate,
  embeddingMatcher,
  mergeEmbeddings,
} from "@sourceprint/match/face/embedding/embedding-matcher.js"
import { embeddingV2Matcher } from "@sourceprint/match/face/embedding/embedding-v2-matcher.js"
import { type LbphTemplate, lbphMatcher, mergeLbph } from "@sourceprint/match/face/lbph/lbph-matcher.js"
import { FailureToEnrol, type Matcher } from "@sourceprint/match/matcher.js"
import { projectRoot, sharedData } from "../../test/support/shared-data.js"
import type { Claim, Figure } from "./claim.js"
import { hardFramesFigures, severalFacesFigures } from "./face-detection.js"
import { thresholdFigures } from "./face-thresholds.js"

const PEOPLE = 40
const IMAGES = 10

type Disturbance = (image: GrayImage, rng: Rng) => GrayImage
const disturbances: Readonly<Record<string, Disturbance>> = {
  "as they are": (image) => image,
  "noise, deviation 20": (image, rng) => noisy(image, 20, rng),
  "blur, sigma 2 px": (image) => blurred(image, 2),
  "turned by +15° or -15°": (image, rng) => rotated(image, rng.pick([-15, 15])),
}

interface Results {
  readonly genuine: Float64Array
  readonly impostor: Float64Array
  /** right at rank 1, for every probe in order of person and image */
  readonly right: readonly boolean[]
  readonly failures: number
}

/** Ten folds: image k of everyone is searched against a template of the other nine of each person. A probe or reference
 *  that cannot be enrolled scores 0. */
function tenFold<T>(
  matcher: Matcher<GrayImage | RgbImage, T>,
  merge: (templates: readonly T[]) => T,
  clean: readonly (T | undefined)[][],
  probes: readonly (T | undefined)[][],
): Results {
  const genuine: number[] = []
  const impostor: number[] = []
  const right: boolean[] = []
  for (let image = 0; image < IMAGES; image++) {
    const gallery = clean.map((templates) => {
      const others = templates.filter((t, i) => i !== image && t !== undefined) as T[]
      return others.length === 0 ? undefined : merge(others)
    })
    for (let person = 0; person < PEOPLE; person++) {
      const probe = probes[person][image]
      const scores = gallery.map((reference) =>
        probe === undefined || reference === undefined ? 0 : matcher.compare(reference, probe),
      )
      scores.forEach((score, i) => {
        if (i === person) genuine.push(score)
        else impostor.push(score)
      })
      right[person * IMAGES + image] = scores.every((score, i) => i === person || score < scores[person])
    }
  }
  const failures = probes.flat().filter((t) => t === undefined).length
  return { genuine: Float64Array.from(genuine), impostor: Float64Array.from(impostor), right, failures }
}

async function templatesOf<T>(
  matcher: Matcher<GrayImage | RgbImage, T>,
  images: readonly (readonly GrayImage[])[],
  disturb: Disturbance,
): Promise<(T | undefined)[][]> {
  const rng = new Rng("faces")
  const all: (T | undefined)[][] = []
  for (const person of images) {
    const own: (T | undefined)[] = []
    for (const image of person) {
      own.push(
        await matcher.probe(disturb(image, rng)).catch((error) => {
          if (error instanceof FailureToEnrol) return undefined
          throw error
        }),
      )
    }
    all.push(own)
  }
  return all
}

async function facesFigures<T>(
  matcher: Matcher<GrayImage | RgbImage, T>,
  merge: (templates: readonly T[]) => T,
  rank1Bound: number,
  logLine: (text: string) => void,
): Promise<Figure[]> {
  const folder = sharedData("orl_faces")
  if (folder === undefined) throw new AppError("prove/data", `${projectRoot}../shared/data/orl_faces is not there`)
  const images: GrayImage[][] = []
  for (let p = 1; p <= PEOPLE; p++) {
    images.push(
      await Promise.all(Array.from({ length: IMAGES }, (_, i) => readGrayImage(join(folder, `s${p}`, `${i + 1}.pgm`)))),
    )
  }
  const figures: Figure[] = []
  let clean: (T | undefined)[][] | undefined
  for (const [name, disturb] of Object.entries(disturbances)) {
    logLine(`${matcher.id}, ${name}`)
    const probes = await templatesOf(matcher, images, disturb)
    clean ??= probes
    const { genuine, impostor, right, failures } = tenFold(matcher, merge, clean, probes)
    const hits = right.filter(Boolean).length
    const { low, high } = wilsonInterval(hits, right.length)
    const percent = (rate: number): string => (rate * 100).toFixed(1)
    figures.push({
      name: `${matcher.id}, ${name}: rank 1`,
      value: (hits / right.length) * 100,
      unit: "%",
      ...(name === "as they are" ? { bound: { is: "at least", value: rank1Bound } as const } : {}),
      note: `${hits} of ${right.length}, 95 % ${percent(low)}-${percent(high)}; ${failures} failures to enrol`,
    })
    figures.push({
      name: `${matcher.id}, ${name}: verification EER`,
      value: equalErrorRate(errorCurve(genuine, impostor)) * 100,
      unit: "%",
      note: `${genuine.length} genuine, ${impostor.length} impostor comparisons`,
    })
  }
  return figures
}

export const claims: readonly Claim[] = [
  {
    title: "ORL faces, 10-fold: lbph",
    measure: (logLine) => facesFigures<LbphTemplate>(lbphMatcher(), mergeLbph, 97, logLine),
  },
  {
    title: "ORL faces, 10-fold: embedding",
    measure: (logLine) => facesFigures<EmbeddingTemplate>(embeddingMatcher, mergeEmbeddings, 99, logLine),
  },
  {
    title: "ORL faces, 10-fold: embedding-v2, which sign-in by face uses",
    measure: (logLine) => facesFigures<EmbeddingTemplate>(embeddingV2Matcher, mergeEmbeddings, 99, logLine),
  },
  { title: "Two faces are never taken, one is", measure: severalFacesFigures },
  { title: "Dark frames and small heads", measure: hardFramesFigures },
  { title: "embedding-v2 at the thresholds of sign-in, colour pictures", measure: thresholdFigures },
]
