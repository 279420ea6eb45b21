import { crop } from "@sourceprint/core/image/crop.js"
import { readGrayImage } from "@sourceprint/core/image/read-image.js"
import { wilsonInterval } from "@sourceprint/core/metrics/wilson.js"
import { Rng } from "@sourceprint/core/rng.js"
import { minutiaeMatcher } from "@sourceprint/match/fingerprint/minutiae/matcher.js"
import { gallery, identify } from "@sourceprint/match/identify.js"
import { discarded } from "../discarded.js"
import { fingerSets } from "../finger-sets.js"
import { type Known, searchAll } from "../set-searches.js"
import type { Claim } from "./claim.js"
import { enrolled, reportingPairs } from "./enrolled-sets.js"
import { atLeast, atMost } from "./figure.js"

const cpuMs = (): number => process.cpuUsage().user / 1000
const percent = (rate: number): string => `${(100 * rate).toFixed(2)} %`

export const qualityTells: Claim = {
  title: "Quality foretells errors: false non-matches by quality, all sets, fingers that chose nothing",
  async measure() {
    const point = minutiaeMatcher.operatingPoints?.points.find(({ fmr }) => fmr === 0.001)
    const { worst, rest, worstCount, restCount, area } = discarded(await reportingPairs(), point?.threshold ?? 0)
    return [
      atLeast(
        "FNMR of the worst 10 % by quality over that of the rest, at the threshold for FMR 0.1 %",
        worst / rest,
        5,
        "times",
        `${percent(worst)} of ${worstCount} against ${percent(rest)} of ${restCount}`,
      ),
      { name: "mean FNMR while the worst 0 to 20 % are left out", value: 100 * area, unit: "%" },
    ]
  },
}

/** The first image of each finger of a part, and all others. */
async function firstAndNext(part: string): Promise<{ first: Known[]; next: Known[] }> {
  const [first, next]: [Known[], Known[]] = [[], []]
  for (const set of fingerSets()) {
    const seen = new Set<string>()
    for (const image of await enrolled(set)) {
      if (image.part !== part || image.template === undefined) continue
      const known = { finger: `${set.name}/${image.finger}`, template: image.template }
      const list = seen.has(image.finger) ? next : first
      seen.add(image.finger)
      list.push(known)
    }
  }
  return { first, next }
}

export const searches: Claim = {
  title: "1:N over all sets as one gallery, fingers that chose nothing looked for; the first stage keeps a tenth",
  async measure(logLine) {
    const [choosing, reporting] = [await firstAndNext("choosing"), await firstAndNext("reporting")]
    const all = [...choosing.first, ...reporting.first]
    logLine(`${reporting.next.length} searches in ${all.length}`)
    const mated = searchAll(all, reporting.next, 0.001)
    logLine(`${reporting.next.length} searches in ${choosing.first.length}`)
    const alone = searchAll(choosing.first, reporting.next, 0.001)
    const { low, high } = wilsonInterval(alone.alarms, alone.nonMated)
    const of = `of ${mated.mated} searches in ${all.length} references`
    return [
      atLeast("rank 1", (100 * mated.first) / mated.mated, 99, "%", of),
      atLeast("mates that the first stage keeps", (100 * mated.kept) / mated.mated, 99, "%", of),
      atMost(
        "FPIR where 0.1 % was asked for, lower end of its interval",
        100 * low,
        0.1,
        "%",
        `${alone.alarms} of ${alone.nonMated}, 95 % ${percent(low)}-${percent(high)}, threshold ` +
          `${alone.threshold.toFixed(2)} for ${choosing.first.length} references`,
      ),
    ]
  },
}

const inMemory = 100_000

export const speed: Claim = {
  title: "Cost, one thread, CPU time of this machine",
  async measure(logLine) {
    const set = fingerSets().find(({ name }) => name === "fvc2002/DB1_B")
    if (set === undefined) throw new RangeError("the images of fvc2002/DB1_B are not on this machine")
    const images = await enrolled(set)
    const templates = images.flatMap(({ template }) => (template === undefined ? [] : [template]))
    const rng = new Rng("speed")
    const pairs = Array.from({ length: 3000 }, () => [rng.pick(templates), rng.pick(templates)] as const)
    for (const [a, b] of pairs.slice(0, 300)) minutiaeMatcher.compare(a, b)
    let start = cpuMs()
    for (const [a, b] of pairs) minutiaeMatcher.compare(a, b)
    const compareMs = (cpuMs() - start) / pairs.length
    const large = await Promise.all(
      set.images.slice(0, 20).map(async ({ file }) => {
        const image = await readGrayImage(`${set.folder}/${file}`)
        return crop(image, (image.width - 640) >> 1, (image.height - 480) >> 1, 640, 480)
      }),
    )
    start = cpuMs()
    for (const image of large) await minutiaeMatcher.enrol([image])
    const largeMs = (cpuMs() - start) / large.length
    logLine(`a gallery of ${inMemory}`)
    const ready = gallery(
      minutiaeMatcher,
      Array.from({ length: inMemory }, (_, k) => templates[k % templates.length]),
    )
    start = cpuMs()
    for (const probe of templates.slice(0, 2)) identify(minutiaeMatcher, ready, probe)
    const searchMs = (cpuMs() - start) / 2
    const enrolMs = images.reduce((sum, image) => sum + image.cpuMs, 0) / images.length
    const repeated = `one thread; ${templates.length} real templates over and over`
    return [
      atMost("compare two templates", compareMs, 0.15, "ms", `mean of ${pairs.length} pairs of ${set.name}`),
      atMost("enrol 388 × 374", enrolMs, 35, "ms", `mean of ${images.length}`),
      atMost("enrol 640 × 480", largeMs, 60, "ms", `mean of ${large.length}, prints on a larger white ground`),
      atMost(`search ${inMemory} references`, searchMs, 2000, "ms", repeated),
    ]
  },
}
