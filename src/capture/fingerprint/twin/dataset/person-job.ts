import { createHash } from "node:crypto"
import { join } from "node:path"
import { formatManifest } from "@sourceprint/core/dataset/manifest.js"
import type { Sample } from "@sourceprint/core/dataset/sample.js"
import { writeFileAtomic } from "@sourceprint/core/files/atomic-file.js"
import { encodeBmp } from "@sourceprint/core/image/bmp.js"
import type { JobControl } from "@sourceprint/core/launch/launcher.js"
import type { ImpressionImage, ImpressionRequest } from "../impression.js"
import { SyntheticImpressions } from "../synthetic-impressions.js"
import { fingerNames, imagesPerPerson, personName, type TwinDatasetPlan, unitName } from "./dataset-plan.js"

/** What one worker process does: all images of one person, then the rows for them. */
export interface PersonJob {
  readonly folder: string
  readonly plan: TwinDatasetPlan
  readonly person: number
}

/** Rows of a person whose images are all written; its presence means that the person is done. */
export const partPath = (folder: string, name: string): string => join(folder, ".parts", `${name}.csv`)

/** The touches of a person in the order of the manifest. */
function* requestsOf(plan: TwinDatasetPlan, person: number): Generator<ImpressionRequest> {
  for (const finger of fingerNames.slice(0, plan.fingersPerPerson)) {
    for (let unit = 0; unit < plan.units; unit++) {
      for (let session = 0; session < plan.sessions; session++) {
        for (let impression = 0; impression < plan.impressions; impression++) {
          yield {
            finger: `${personName(plan, person)}/${finger}`,
            unit: unitName(plan, unit),
            session,
            impression,
          }
        }
      }
    }
  }
}

/** The file's pixels: 8 bits as exposed, or the upper 4 expanded as the plan says. */
const filePixels = (plan: TwinDatasetPlan, { image, nibbles }: ImpressionImage): Uint8Array =>
  plan.bits === 8 ? image.pixels : nibbles.map((level) => level * plan.expansion)

function sampleOf(
  plan: TwinDatasetPlan,
  request: ImpressionRequest,
  source: SyntheticImpressions,
  bytes: Uint8Array,
): Sample {
  const [subject, finger] = request.finger.split("/")
  const session = String(request.session + 1)
  const impression = request.impression + 1
  return {
    path: `${request.unit}/${subject}_${finger}_${session}_${impression}.bmp`,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    scanner: request.unit,
    scannerModel: plan.scanner.model.id,
    subject,
    finger,
    impression,
    session,
    widthPx: source.width,
    heightPx: source.height,
    dpi: source.dpi,
    bitDepth: plan.bits,
    collection: "main",
  }
}

/** Writes the images of one person, each whole or not at all, and last the rows. See JobModule. */
export async function runJob(payload: unknown, control: JobControl): Promise<"finished" | "stopped"> {
  const { folder, plan, person } = payload as PersonJob
  const source = new SyntheticImpressions(plan.seed, plan.scanner)
  const samples: Sample[] = []
  for (const request of requestsOf(plan, person)) {
    if (control.stopping) return "stopped"
    const touched = source.impression(request)
    const bytes = encodeBmp({ ...touched.image, pixels: filePixels(plan, touched) })
    const sample = sampleOf(plan, request, source, bytes)
    await writeFileAtomic(join(folder, sample.path), bytes)
    samples.push(sample)
    control.progress(samples.length / imagesPerPerson(plan), sample.path)
    await new Promise(setImmediate) // lets the word to stop come in
  }
  await writeFileAtomic(partPath(folder, personName(plan, person)), formatManifest(samples))
  return "finished"
}
