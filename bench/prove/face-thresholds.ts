import { readdirSync } from "node:fs"
import { join } from "node:path"
import { AppError } from "@sourceprint/core/errors.js"
import { readImage } from "@sourceprint/core/image/read-image.js"
import { clopperPearsonInterval } from "@sourceprint/core/metrics/clopper-pearson.js"
import { collectingTrace } from "@sourceprint/core/trace.js"
import type { FoundFace } from "@sourceprint/match/face/detect-face.js"
import type { EmbeddingTemplate } from "@sourceprint/match/face/embedding/embedding-matcher.js"
import { embeddingV2Matcher } from "@sourceprint/match/face/embedding/embedding-v2-matcher.js"
import { defaultFaceThresholds } from "@sourceprint/match/face/judge-face-capture.js"
import { normalised } from "@sourceprint/match/face/liveness/frame-geometry.js"
import { livenessParameters } from "@sourceprint/match/face/liveness/parameters.js"
import { FailureToEnrol } from "@sourceprint/match/matcher.js"
import { sharedData } from "../../test/support/shared-data.js"
import type { Figure } from "./claim.js"

interface Look {
  readonly person: string
  readonly template: EmbeddingTemplate
  readonly straight: boolean
}

async function looksOf(folder: string): Promise<Look[]> {
  const looks: Look[] = []
  for (const name of readdirSync(folder).sort()) {
    const { image } = await readImage(join(folder, name))
    const trace = collectingTrace()
    try {
      const template = await embeddingV2Matcher.probe(image, trace)
      const yaw = normalised(trace.entries.get("face") as FoundFace)[30].x
      const straight = Math.abs(yaw) <= livenessParameters.neutralYaw
      looks.push({ person: name.slice(0, 3), template, straight })
    } catch (error) {
      if (!(error instanceof FailureToEnrol)) throw error
    }
  }
  return looks
}

function rate(name: string, hits: number, pairs: number, people: number): Figure {
  const { low, high } = clopperPearsonInterval(hits, pairs)
  const between = `95 % ${(100 * low).toFixed(1)}-${(100 * high).toFixed(1)} as if pairs were independent`
  return {
    name,
    value: (100 * hits) / pairs,
    unit: "%",
    note: `${hits} of ${pairs} pairs, ${people} people; ${between}`,
  }
}

/** The thresholds that the server ships with, on people who chose none of them. No group is labelled in these pictures,
 *  so that rates by group are not measured here. */
export async function thresholdFigures(logLine: (text: string) => void): Promise<Figure[]> {
  const folder = sharedData("faces_colour")
  if (folder === undefined) throw new AppError("prove/data", "../shared/data/faces_colour is not there")
  logLine("describing the pictures")
  const looks = await looksOf(folder)
  const figures: Figure[] = []
  for (const [what, kept] of [
    ["straight looks", looks.filter(({ straight }) => straight)],
    ["all poses", looks],
  ] as const) {
    const people = new Set(kept.map(({ person }) => person)).size
    const pairs = kept.flatMap((one, i) =>
      kept.slice(i + 1).map((other) => ({
        mated: one.person === other.person,
        score: embeddingV2Matcher.compare(one.template, other.template),
      })),
    )
    const mated = pairs.filter((pair) => pair.mated)
    const strangers = pairs.filter((pair) => !pair.mated)
    for (const [name, threshold] of Object.entries(defaultFaceThresholds)) {
      const refused = mated.filter(({ score }) => score < threshold).length
      const accepted = strangers.filter(({ score }) => score >= threshold).length
      figures.push(rate(`${what}, ${name} ${threshold}: FNMR of single pictures`, refused, mated.length, people))
      figures.push(rate(`${what}, ${name} ${threshold}: FMR`, accepted, strangers.length, people))
    }
    const best = Math.max(...strangers.map(({ score }) => score))
    figures.push({ name: `${what}: best score of strangers`, value: best, unit: "" })
  }
  return figures
}
