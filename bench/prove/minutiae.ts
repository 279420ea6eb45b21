import { type GrayImage, grayImage } from "@sourceprint/core/image/gray-image.js"
import { readGrayImage } from "@sourceprint/core/image/read-image.js"
import { resize } from "@sourceprint/core/image/resize.js"
import { errorVersusDiscard } from "@sourceprint/core/metrics/error-versus-discard.js"
import { Rng } from "@sourceprint/core/rng.js"
import { minutiaeMatcher } from "@sourceprint/match/fingerprint/minutiae/matcher.js"
import type { MinutiaeTemplate } from "@sourceprint/match/fingerprint/minutiae/template-codec.js"
import { gallery, identify } from "@sourceprint/match/identify.js"
import { FailureToEnrol } from "@sourceprint/match/matcher.js"
import { rateOf } from "../match-fit.js"
import { type EnrolledImage, enrolDatabase, fingerDatabases, fingerParts } from "../match-images.js"
import type { Claim, Figure } from "./claim.js"
import { atMost } from "./figure.js"

const enrolledAll = new Map<string, EnrolledImage[]>()
async function enrolled(database: string): Promise<EnrolledImage[]> {
  const known = enrolledAll.get(database) ?? (await enrolDatabase(database, "all"))
  enrolledAll.set(database, known)
  return known
}

const cpuMs = (): number => process.cpuUsage().user / 1000
const meanOf = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length

/** Every pair of images of one part's fingers; a failure to enrol scores 0 against all. */
function scorePairs(images: readonly EnrolledImage[], part: string) {
  const chosen = images.filter(({ file }) => fingerParts[part](Number(file.slice(0, 3))))
  return chosen.flatMap((a, i) =>
    chosen.slice(i + 1).map((b) => ({
      genuine: a.finger === b.finger,
      score: a.template && b.template ? minutiaeMatcher.compare(a.template, b.template) : 0,
      quality: Math.min(...[a, b].map((e) => (e.template ? minutiaeMatcher.quality(e.template) : 0))),
    })),
  )
}

const errors: Claim = {
  title: "Every pair of the 8 FVC set-B databases: equal error rate (the tuning fingers are 101-105)",
  async measure(logLine) {
    const rates: Record<string, number[]> = { all: [], "held-out": [], tuning: [] }
    const figures: Figure[] = []
    const genuine: { score: number; quality: number }[] = []
    const impostor: number[] = []
    for (const database of fingerDatabases) {
      logLine(database)
      const images = await enrolled(database)
      for (const part of Object.keys(rates)) {
        const scored = scorePairs(images, part)
        rates[part].push(100 * rateOf(scored))
        if (part !== "all") continue
        const mates = scored.filter((s) => s.genuine)
        genuine.push(...mates)
        impostor.push(...scored.filter((s) => !s.genuine).map((s) => s.score))
        const failed = images.filter((e) => e.template === undefined).length
        const strangers = scored.length - mates.length
        const note = `${mates.length} genuine, ${strangers} impostor pairs, ${failed} failures to enrol`
        figures.push({
          name: `${database}, all fingers`,
          value: rates[part][rates[part].length - 1],
          unit: "%",
          note,
        })
      }
    }
    const bound = { is: "at most", value: 4 } as const
    for (const [part, values] of Object.entries(rates)) {
      figures.push({ name: `mean, ${part} fingers`, value: meanOf(values), unit: "%", bound })
    }
    return [...figures, ...discardFigures(genuine, impostor)]
  },
}

/** How the false non-matches at FMR 1 in 1,000 over all databases fall as the images of lowest quality are left out. */
function discardFigures(
  genuine: readonly { readonly score: number; readonly quality: number }[],
  impostor: readonly number[],
): Figure[] {
  const threshold = Float64Array.from(impostor).sort()[Math.floor(0.999 * impostor.length)]
  const curve = errorVersusDiscard(
    Float64Array.from(genuine, (g) => g.score),
    Float64Array.from(genuine, (g) => g.quality),
    threshold,
  )
  return [0, 0.05, 0.1, 0.2].map((share) => {
    const at = curve.discarded.findLastIndex((d) => d <= share)
    return {
      name: `false non-matches at FMR 0.1 %, worst ${100 * share} % by quality left out`,
      value: 100 * curve.fnmr[at],
      unit: "%",
      note: `${curve.kept[at]} of ${genuine.length} genuine pairs`,
    }
  })
}

const cost: Claim = {
  title: "Cost, one thread, CPU time",
  async measure(logLine) {
    const large = await enrolled("fvc2002/DB1_B")
    const templates = (await Promise.all(fingerDatabases.map(enrolled)))
      .flat()
      .flatMap(({ template }) => (template === undefined ? [] : [template]))
    logLine("comparisons")
    const rng = new Rng("cost")
    const pairs = Array.from({ length: 4000 }, () => [rng.pick(templates), rng.pick(templates)] as const)
    for (const [a, b] of pairs.slice(0, 500)) minutiaeMatcher.compare(a, b)
    let start = cpuMs()
    for (const [a, b] of pairs) minutiaeMatcher.compare(a, b)
    const compareMs = (cpuMs() - start) / pairs.length
    logLine("searches")
    const many = Array.from({ length: 10_000 }, (_, i) => templates[i % templates.length])
    const ready = gallery(minutiaeMatcher, many)
    const probes = Array.from({ length: 5 }, () => rng.pick(templates))
    start = cpuMs()
    for (const probe of probes) identify(minutiaeMatcher, ready, probe)
    const searchMs = (cpuMs() - start) / probes.length
    const bytes = meanOf(templates.map((t: MinutiaeTemplate) => minutiaeMatcher.codec.encode(t).length))
    return [
      atMost(
        "enrol a 388 × 374 image",
        meanOf(large.map((e) => e.cpuMs)),
        120,
        "ms",
        `mean of ${large.length} images of fvc2002/DB1_B`,
      ),
      atMost("compare two templates", compareMs, 1, "ms", `mean of ${pairs.length} random pairs over all databases`),
      atMost(
        "search 10,000 templates",
        searchMs,
        2000,
        "ms",
        `one thread; ${templates.length} real templates over and over`,
      ),
      { name: "template", value: bytes / 1024, unit: "KiB" },
    ]
  },
}

const noise = (width: number, height: number): GrayImage => {
  const image = grayImage(width, height)
  const rng = new Rng("noise")
  for (let i = 0; i < image.pixels.length; i++) image.pixels[i] = rng.below(256)
  return image
}

/** A simulated photograph: overlapping soft discs of many sizes on a gradient. */
function scene(width: number, height: number): GrayImage {
  const rng = new Rng("scene")
  const image = grayImage(width, height)
  const discs = Array.from({ length: 60 }, () => [
    rng.below(width),
    rng.below(height),
    8 + rng.below(90),
    rng.below(256),
  ])
  for (let i = 0; i < image.pixels.length; i++) {
    const x = i % width
    const y = Math.floor(i / width)
    let grey = 60 + (120 * y) / height
    for (const [cx, cy, r, g] of discs) {
      const d = Math.hypot(x - cx, y - cy) / r
      if (d < 1) grey += (g - grey) * Math.min(1, 4 * (1 - d))
    }
    image.pixels[i] = Math.max(0, Math.min(255, grey + 4 * rng.normal()))
  }
  return image
}

const hostile: Claim = {
  title: "Hostile images: a typed failure to enrol with its reason, in bounded time",
  async measure() {
    const face = await readGrayImage("../shared/data/orl_faces/s1/1.pgm")
    const images: readonly (readonly [string, GrayImage])[] = [
      ["blank", grayImage(300, 300, 255)],
      ["noise", noise(388, 374)],
      ["16 × 16", noise(16, 16)],
      ["4,000 × 4,000", noise(4000, 4000)],
      ["a scene (simulated photo)", scene(500, 400)],
      ["a face, 92 × 112", face],
      ["a face, 368 × 448", resize(face, 368, 448)],
    ]
    const figures: Figure[] = []
    for (const [name, image] of images) {
      const start = cpuMs()
      const reason = await minutiaeMatcher.enrol([image]).then(
        () => "enrolled",
        (error: unknown) => (error instanceof FailureToEnrol ? error.reason : "untyped"),
      )
      const refused = reason !== "enrolled" && reason !== "untyped"
      figures.push({
        name,
        value: refused ? 1 : 0,
        unit: "refused",
        bound: { is: "exactly", value: 1 },
        note: `${reason}, ${(cpuMs() - start).toFixed(0)} ms`,
      })
    }
    return figures
  },
}

const properties: Claim = {
  title: "Symmetric, largest for itself, exact after storage",
  async measure() {
    let asymmetry = 0
    let aboveSelf = 0
    let changed = 0
    let compared = 0
    for (const database of fingerDatabases) {
      const templates = (await enrolled(database)).flatMap(({ template }) => (template ? [template] : [])).slice(0, 24)
      for (const a of templates) {
        const back = minutiaeMatcher.codec.decode(minutiaeMatcher.codec.encode(a))
        const self = minutiaeMatcher.compare(a, a)
        for (const b of templates) {
          const score = minutiaeMatcher.compare(a, b)
          asymmetry = Math.max(asymmetry, Math.abs(score - minutiaeMatcher.compare(b, a)))
          if (score > self) aboveSelf++
          if (minutiaeMatcher.compare(back, b) !== score) changed++
          compared++
        }
      }
    }
    const none = { is: "exactly", value: 0 } as const
    const note = `${compared} comparisons of real prints`
    return [
      { name: "largest |score(a, b) - score(b, a)|", value: asymmetry, unit: "nats", bound: none, note },
      { name: "comparisons above the reference's own", value: aboveSelf, unit: "pairs", bound: none, note },
      { name: "scores changed by encode and decode", value: changed, unit: "pairs", bound: none, note },
    ]
  },
}

export const claims: readonly Claim[] = [errors, cost, hostile, properties]
