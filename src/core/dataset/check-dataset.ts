import { createHash } from "node:crypto"
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { messageOf } from "../errors.js"
import { hashDistance, perceptualHash } from "../image/perceptual-hash.js"
import { decodeImage, toGray } from "../image/read-image.js"
import { thumbnail, thumbnailCorrelation } from "../image/thumbnail.js"
import { noProgress, type Progress } from "../progress.js"
import { countBy } from "./count-by.js"
import type { Sample } from "./sample.js"

/** A pair is looked at closely when its perceptual hashes differ in at most this many of 256 bits. */
const CANDIDATE_BITS = 48
/** Correlation of 64 × 64 thumbnails from which two files show one touch. On FVC2000 and FVC2002 set B the most alike
 *  impressions of two touches reach 0.964; one image saved again as JPEG (quality 60), 10 % brighter or scaled to 97 %
 *  stays above 0.98 (test/core/dataset/check-dataset.test.ts). */
export const SAME_TOUCH_CORRELATION = 0.975

export interface DuplicatePair {
  readonly a: string
  readonly b: string
  /** The very same bytes, not only the same picture. */
  readonly sameBytes: boolean
  /** Of the thumbnails, up to 1. */
  readonly correlation: number
  /** The two name different people, fingers or scanners: one label is wrong. */
  readonly labelsDiffer: boolean
}

/** What is wrong with a dataset; empty lists where nothing is. */
export interface DatasetFindings {
  readonly unreadable: readonly { path: string; reason: string }[]
  /** The bytes are not those of the manifest's hash. */
  readonly altered: readonly string[]
  readonly duplicates: readonly DuplicatePair[]
  /** Largest number of images a scanner over the smallest. */
  readonly imbalance: number
  readonly withoutSubject: number
  /** Scanners that share no subject with any other: source and person cannot be told apart by data alone. */
  readonly scannersWithPeopleOfTheirOwn: readonly string[]
}

const nameOf = (s: Sample): string => `${s.scanner}|${s.subject}|${s.finger}`

/** Reads every image and reports what would spoil an experiment. Never throws for a bad image. */
export async function checkDataset(
  folder: string,
  samples: readonly Sample[],
  progress: Progress = noProgress,
): Promise<DatasetFindings> {
  const unreadable: { path: string; reason: string }[] = []
  const altered: string[] = []
  const hashed: { sample: Sample; sha256: string; hash: Uint32Array; small: Float32Array }[] = []
  progress.start(samples.length, "images")
  for (const [index, sample] of samples.entries()) {
    try {
      const bytes = await readFile(join(folder, sample.path))
      const sha256 = createHash("sha256").update(bytes).digest("hex")
      if (sha256 !== sample.sha256) altered.push(sample.path)
      const gray = toGray(await decodeImage(bytes, sample.path))
      hashed.push({ sample, sha256, hash: perceptualHash(gray), small: thumbnail(gray) })
    } catch (error) {
      unreadable.push({ path: sample.path, reason: messageOf(error) })
    }
    progress.update(index + 1)
  }
  progress.stop()
  const duplicates: DuplicatePair[] = []
  for (const [i, one] of hashed.entries()) {
    for (const other of hashed.slice(i + 1)) {
      const sameBytes = one.sha256 === other.sha256
      if (!sameBytes && hashDistance(one.hash, other.hash) > CANDIDATE_BITS) continue
      const correlation = sameBytes ? 1 : thumbnailCorrelation(one.small, other.small)
      if (correlation < SAME_TOUCH_CORRELATION) continue
      const [a, b] = [one.sample, other.sample]
      duplicates.push({ a: a.path, b: b.path, sameBytes, correlation, labelsDiffer: nameOf(a) !== nameOf(b) })
    }
  }
  const counts = [...countBy(samples, (s) => s.scanner).values()]
  return {
    unreadable,
    altered,
    duplicates,
    imbalance: Math.max(...counts) / Math.min(...counts),
    withoutSubject: samples.filter((s) => s.subject === "").length,
    scannersWithPeopleOfTheirOwn: scannersWithPeopleOfTheirOwn(samples),
  }
}

function scannersWithPeopleOfTheirOwn(samples: readonly Sample[]): string[] {
  const scannersOf = new Map<string, Set<string>>()
  for (const { subject, scanner } of samples) {
    if (subject !== "") scannersOf.set(subject, (scannersOf.get(subject) ?? new Set()).add(scanner))
  }
  const shared = new Set<string>()
  for (const scanners of scannersOf.values()) if (scanners.size > 1) for (const s of scanners) shared.add(s)
  return [...new Set(samples.map((s) => s.scanner))].filter((s) => !shared.has(s))
}
