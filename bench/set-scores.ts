import { join } from "node:path"
import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { readGrayImage } from "@sourceprint/core/image/read-image.js"
import { groupBootstrap } from "@sourceprint/core/metrics/group-bootstrap.js"
import { weightedEer } from "@sourceprint/core/metrics/weighted-statistics.js"
import { Rng } from "@sourceprint/core/rng.js"
import { evidence } from "@sourceprint/match/fingerprint/minutiae/evidence.js"
import { minutiaeMatcher } from "@sourceprint/match/fingerprint/minutiae/matcher.js"
import { features } from "@sourceprint/match/fingerprint/minutiae/score.js"
import type { MinutiaeTemplate } from "@sourceprint/match/fingerprint/minutiae/template-codec.js"
import { FailureToEnrol } from "@sourceprint/match/matcher.js"
import { type FingerSet, type Part, partOf } from "./finger-sets.js"
import type { Damage } from "./prove/damage-print.js"

export interface Enrolled {
  readonly file: string
  readonly finger: string
  readonly part: Part
  /** Absent: failure to enrol, with its reason. */
  readonly template?: MinutiaeTemplate
  readonly failure?: string
  readonly cpuMs: number
}

export interface Scored {
  readonly set: string
  readonly part: Part | "both"
  /** Files and their fingers. */
  readonly pair: readonly [string, string]
  readonly fingers: readonly [string, string]
  readonly genuine: boolean
  readonly score: number
  /** The lower one; 0 for a failure to enrol. */
  readonly quality: number
}

const cpuMs = (): number => process.cpuUsage().user / 1000

export async function enrolSet(
  set: FingerSet,
  change: (image: GrayImage) => GrayImage = (image) => image,
  images: FingerSet["images"] = set.images,
): Promise<Enrolled[]> {
  const enrolled: Enrolled[] = []
  for (const { file, finger } of images) {
    const image = change(await readGrayImage(join(set.folder, file)))
    const start = cpuMs()
    const base = { file, finger, part: partOf(set, finger) }
    try {
      const template = await minutiaeMatcher.enrol([image])
      enrolled.push({ ...base, template, cpuMs: cpuMs() - start })
    } catch (error) {
      if (!(error instanceof FailureToEnrol)) throw error
      enrolled.push({ ...base, failure: error.reason, cpuMs: cpuMs() - start })
    }
  }
  return enrolled
}

/** Every pair of one finger, and of two fingers all or, where there are more, `impostors` of them drawn by lot. Pairs
 *  of a choosing and a reporting finger are left out. */
export function pairsWithin(set: string, enrolled: readonly Enrolled[], impostors: number): [Enrolled, Enrolled][] {
  const genuine: [Enrolled, Enrolled][] = []
  const others: [Enrolled, Enrolled][] = []
  for (const [i, a] of enrolled.entries()) {
    for (const b of enrolled.slice(i + 1)) {
      if (a.finger === b.finger) genuine.push([a, b])
      else if (a.part === b.part) others.push([a, b])
    }
  }
  const drawn = others.length <= impostors ? others : new Rng(`pairs of ${set}`).shuffled(others).slice(0, impostors)
  return [...genuine, ...drawn]
}

export function scorePair(set: string, a: Enrolled, b: Enrolled): Scored {
  const both = a.template !== undefined && b.template !== undefined
  const qualityOf = ({ template }: Enrolled): number => (template ? minutiaeMatcher.quality(template) : 0)
  return {
    set,
    part: a.part === b.part ? a.part : "both",
    pair: [a.file, b.file],
    fingers: [`${set}/${a.finger}`, `${set}/${b.finger}`],
    genuine: a.finger === b.finger,
    score: both ? minutiaeMatcher.compare(a.template, b.template) : 0,
    quality: Math.min(qualityOf(a), qualityOf(b)),
  }
}

/** What the score is made of, for `match-fit`; undefined where nothing was found. */
export function featuresOf(a: Enrolled, b: Enrolled): readonly number[] | undefined {
  const [p, q] = [a.template?.views[0], b.template?.views[0]]
  const found = p && q ? (p.x.length >= q.x.length ? evidence(p, q) : evidence(q, p)) : undefined
  return found === undefined ? undefined : features(found)
}

/** Pairs of a damaged print and another, sound or damaged on its other side: the first three impressions of the first
 *  `count` fingers of the part, each print as probe against its mates, and once against every print of the others. */
export async function damagedScores(
  set: FingerSet,
  damage: Damage,
  count: number,
  part: Part,
): Promise<(Scored & { readonly features?: readonly number[] })[]> {
  const fingers = [...new Set(set.images.map((image) => image.finger))]
    .filter((finger) => partOf(set, finger) === part)
    .slice(0, count)
  const images = fingers.flatMap((finger) => set.images.filter((image) => image.finger === finger).slice(0, 3))
  const references = await enrolSet(set, damage.reference, images)
  const probes = await enrolSet(set, damage.probe, images)
  return probes.flatMap((b) =>
    references
      .filter((a) => a.file !== b.file && (a.finger !== b.finger || a.file < b.file))
      .map((a) => {
        const found = featuresOf(a, b)
        return { ...scorePair(set.name, a, b), ...(found && { features: found }) }
      }),
  )
}

export function eerWithInterval(scored: readonly Scored[]): { value: number; low: number; high: number } {
  const design = { groups: scored.map((s) => s.fingers[0]), otherGroups: scored.map((s) => s.fingers[1]) }
  const labelled = {
    scores: Float64Array.from(scored, (s) => s.score),
    isGenuine: Uint8Array.from(scored, (s) => (s.genuine ? 1 : 0)),
  }
  const [result] = groupBootstrap({ ...design, replicates: 200 }, [weightedEer(labelled)], new Rng("fingers again"))
  return { value: result.value, low: result.interval.low, high: result.interval.high }
}
