import { readdirSync } from "node:fs"
import { join } from "node:path"
import { readGrayImage } from "@sourceprint/core/image/read-image.js"
import { minutiaeMatcher } from "@sourceprint/match/fingerprint/minutiae/matcher.js"
import type { MinutiaeTemplate } from "@sourceprint/match/fingerprint/minutiae/template-codec.js"
import { FailureToEnrol } from "@sourceprint/match/matcher.js"

const folder = "../shared/data"
export const fingerDatabases = ["fvc2000", "fvc2002"].flatMap((year) => [1, 2, 3, 4].map((n) => `${year}/DB${n}_B`))
const lastTuningFinger = 105

/** Which fingers of each database: settings were chosen on 101-105 alone; 106-110 only ever reported on. */
export const fingerParts: Readonly<Record<string, (finger: number) => boolean>> = {
  tuning: (finger) => finger <= lastTuningFinger,
  "held-out": (finger) => finger > lastTuningFinger,
  all: () => true,
}

export interface EnrolledImage {
  readonly file: string
  readonly finger: string
  /** Absent: failure to enrol, with its reason. */
  readonly template?: MinutiaeTemplate
  readonly failure?: string
  readonly cpuMs: number
}

/** Enrols every image of the part, one template an image. */
export async function enrolDatabase(database: string, part: string): Promise<EnrolledImage[]> {
  const chosen = fingerParts[part]
  if (chosen === undefined) throw new RangeError(`no part "${part}": ${Object.keys(fingerParts).join(", ")}`)
  const files = readdirSync(join(folder, database))
    .filter((file) => file.endsWith(".tif") && chosen(Number(file.slice(0, 3))))
    .sort()
  const enrolled: EnrolledImage[] = []
  for (const file of files) {
    const image = await readGrayImage(join(folder, database, file))
    const start = process.cpuUsage().user
    const base = { file, finger: `${database}/${file.slice(0, 3)}` }
    try {
      const template = await minutiaeMatcher.enrol([image])
      enrolled.push({ ...base, template, cpuMs: (process.cpuUsage().user - start) / 1000 })
    } catch (error) {
      if (!(error instanceof FailureToEnrol)) throw error
      enrolled.push({ ...base, failure: error.reason, cpuMs: (process.cpuUsage().user - start) / 1000 })
    }
  }
  return enrolled
}
