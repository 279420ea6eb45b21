import { dirname, join } from "node:path"
import { BenchmarkConfig } from "../../src/match/benchmark/benchmark-config.js"
import { summariseBenchmark } from "../../src/match/benchmark/benchmark-summary.js"
import { runBenchmark } from "../../src/match/benchmark/run-benchmark.js"
import { minutiaeMatcher } from "../../src/match/fingerprint/minutiae/matcher.js"
import type { MinutiaeTemplate } from "../../src/match/fingerprint/minutiae/template-codec.js"
import { gallery, identify } from "../../src/match/identify.js"
import { FailureToEnrol } from "../../src/match/matcher.js"
import { systemClock } from "../../src/shared/clock.js"
import { importDataset } from "../../src/shared/dataset/import/import-dataset.js"
import { AppError } from "../../src/shared/errors.js"
import { crop } from "../../src/shared/image/crop.js"
import { type GrayImage, grayImage } from "../../src/shared/image/gray-image.js"
import { readGrayImage } from "../../src/shared/image/read-image.js"
import { resize } from "../../src/shared/image/resize.js"
import { localLauncher } from "../../src/shared/launch/local-launcher.js"
import { Rng } from "../../src/shared/rng.js"
import { sharedData } from "../../test/support/shared-data.js"
import type { Claim, Figure } from "./claim.js"
import { rotated } from "./disturb-image.js"

const MATCHERS = ["minutiae", "orb-harris"]

const fvcFolder = (): string => {
  const folder = sharedData("fvc2002")
  if (folder === undefined)
    throw new AppError("prove/data", "the FVC images (../shared/data) are not on this machine")
  return dirname(folder)
}

const finger = (database: string, name: string): Promise<GrayImage> =>
  readGrayImage(join(fvcFolder(), database, `${name}.tif`))

/** The benchmark of both matchers on the eight databases; its run folder and page are kept where the project keeps them,
 *  so an interrupted proof goes on. `fingers` keeps those whose name fits. */
async function errorRates(name: string, fingers: string, say: (text: string) => void): Promise<Figure[]> {
  const runFolder = join("experiments", "runs", `match-${name}`)
  const dataset = join("data", "fvc")
  await importDataset({ from: fvcFolder(), into: dataset, layout: "fvc" })
  const config = BenchmarkConfig.parse({ name, datasets: [dataset], matchers: MATCHERS, fingers })
  const launcher = localLauncher({ memoryMbPerWorker: 4096, crashRetries: 1 })
  let toldMs = 0
  const progress = {
    start: () => {},
    stop: () => {},
    update: (done: number, note?: string) => {
      if (performance.now() - toldMs < 20_000) return
      toldMs = performance.now()
      say(`${done.toFixed(1)} cells ${note ?? ""}`)
    },
  }
  const scores = await runBenchmark(config, runFolder, { launcher, progress })
  if (scores === undefined) throw new AppError("prove/stopped", "stopped; the same command goes on")
  const options = { reportsFolder: "reports", clock: systemClock, worst: 2 }
  const { metrics, meanEers, reportFile } = await summariseBenchmark(config, runFolder, scores, options)
  const figures: Figure[] = MATCHERS.map((matcher) => {
    const { value, low, high } = meanEers.get(matcher) ?? { value: Number.NaN, low: 0, high: 1 }
    return {
      name: `${matcher}, mean EER over ${metrics.length / MATCHERS.length} databases`,
      value: value * 100,
      unit: "%",
      ...(matcher === "minutiae" ? { bound: { is: "at most", value: 4 } as const } : {}),
      note: `95 % ${(low * 100).toFixed(2)}-${(high * 100).toFixed(2)}, fingers drawn again; page ${reportFile}`,
    }
  })
  for (const set of new Set(metrics.map((m) => m.set))) {
    const eer = (matcher: string): number =>
      metrics.find((m) => m.set === set && m.matcher === matcher)?.eer ?? Number.NaN
    const [ours, theirs] = MATCHERS.map(eer)
    figures.push({
      name: `${set}: orb-harris EER over minutiae EER`,
      value: ours === 0 ? 1000 : theirs / ours,
      unit: "times",
      bound: { is: "at least", value: 5 },
      note: `${(ours * 100).toFixed(2)} % against ${(theirs * 100).toFixed(2)} %${ours === 0 ? "; no error seen" : ""}`,
    })
  }
  return figures
}

const cpuMs = (): number => process.cpuUsage().user / 1000

async function cost(say: (text: string) => void): Promise<Figure[]> {
  const images = await Promise.all(
    Array.from({ length: 40 }, (_, i) =>
      finger("fvc2002/DB1_B", `${101 + Math.floor(i / 8)}_${1 + (i % 8)}`),
    ),
  )
  await minutiaeMatcher.enrol([images[0]])
  let start = cpuMs()
  const templates: MinutiaeTemplate[] = []
  for (const image of images) templates.push(await minutiaeMatcher.enrol([image]))
  const enrolMs = (cpuMs() - start) / images.length
  for (const template of templates) minutiaeMatcher.compare(templates[0], template)
  start = cpuMs()
  for (const a of templates) for (const b of templates) minutiaeMatcher.compare(a, b)
  const compareMs = (cpuMs() - start) / templates.length ** 2
  say("10,000 references")
  const references = Array.from({ length: 10_000 }, (_, i) => templates[i % templates.length])
  const ready = gallery(minutiaeMatcher, references)
  identify(minutiaeMatcher, ready, templates[0])
  start = cpuMs()
  for (let i = 0; i < 5; i++) identify(minutiaeMatcher, ready, templates[i * 7])
  const searchMs = (cpuMs() - start) / 5
  return [
    {
      name: "enrol a 388 × 374 image",
      value: enrolMs,
      unit: "ms",
      bound: { is: "at most", value: 120 },
      note: "CPU, one thread, mean of 40",
    },
    {
      name: "compare a pair",
      value: compareMs,
      unit: "ms",
      bound: { is: "at most", value: 1 },
      note: "CPU, one thread, mean of 1,600, one in eight genuine",
    },
    {
      name: "search 10,000 references",
      value: searchMs / 1000,
      unit: "s",
      bound: { is: "at most", value: 2 },
      note: "CPU, one thread, mean of 5; the bound is for two cores",
    },
  ]
}

const noiseImage = (side: number): GrayImage => {
  const rng = new Rng("noise")
  return { width: side, height: side, pixels: Uint8Array.from({ length: side * side }, () => rng.below(256)) }
}

/** What is no fingerprint, by name. The "photo" is a landscape of smooth shapes with an edge or two. */
async function hostileImages(): Promise<[string, GrayImage][]> {
  const photo = grayImage(640, 480)
  photo.pixels.forEach((_, i) => {
    const [x, y] = [i % 640, Math.floor(i / 640)]
    const sky = 200 - y / 4 + 20 * Math.sin(x / 90)
    photo.pixels[i] = y > 240 + 60 * Math.sin(x / 70) ? 90 + 30 * Math.sin(x / 40 + y / 60) : sky
  })
  const images: [string, GrayImage][] = [
    ["blank", grayImage(300, 300, 200)],
    ["all noise", noiseImage(300)],
    ["16 × 16", noiseImage(16)],
    ["4,000 × 4,000 of noise", noiseImage(4000)],
    ["landscape", photo],
  ]
  const faces = sharedData("orl_faces")
  if (faces !== undefined) {
    const face = await readGrayImage(join(faces, "s1", "1.pgm"))
    images.push(["face", face], ["face, four times as large", resize(face, face.width * 4, face.height * 4)])
  }
  return images
}

async function hostile(): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const [name, image] of await hostileImages()) {
    const start = cpuMs()
    const outcome = await minutiaeMatcher.probe(image).then(
      () => "a template",
      (e) => (e instanceof FailureToEnrol ? e.reason : `untyped: ${String(e)}`),
    )
    figures.push({
      name: `${name}: typed failure to enrol`,
      value: outcome === "a template" || outcome.startsWith("untyped") ? 0 : 1,
      unit: "of 1",
      bound: { is: "exactly", value: 1 },
      note: outcome,
    })
    figures.push({
      name: `${name}: time`,
      value: cpuMs() - start,
      unit: "ms",
      bound: { is: "at most", value: 5000 },
    })
  }
  const megabytes = process.memoryUsage.rss() / 2 ** 20
  figures.push({
    name: "resident memory after all",
    value: megabytes,
    unit: "MB",
    bound: { is: "at most", value: 2000 },
  })
  return figures
}

async function properties(): Promise<Figure[]> {
  const names = Array.from({ length: 20 }, (_, i) => `${101 + (i % 10)}_${1 + Math.floor(i / 10)}`)
  const images = await Promise.all(names.map((name) => finger("fvc2002/DB1_B", name)))
  const templates: MinutiaeTemplate[] = []
  for (const image of images) templates.push(await minutiaeMatcher.probe(image))
  const { compare, codec } = minutiaeMatcher
  let asymmetry = 0
  let aboveSelf = 0
  let codecChanges = 0
  for (const a of templates) {
    const self = compare(a, a)
    for (const b of templates) {
      const score = compare(a, b)
      asymmetry = Math.max(asymmetry, Math.abs(score - compare(b, a)) / Math.max(1, score))
      if (score > self) aboveSelf++
      const stored = codec.decode(codec.encode(b))
      if (compare(a, stored) !== score) codecChanges++
    }
  }
  const strangers = templates.flatMap((a, i) =>
    templates.slice(i + 1).flatMap((b, k) => ((k + 1) % 10 === 0 ? [] : [compare(a, b)])),
  )
  const highestStranger = Math.max(...strangers)
  let lost = 0
  for (const [i, image] of images.entries()) {
    for (const moved of [
      rotated(image, 90),
      rotated(image, -35),
      rotated(image, 160),
      crop(image, -40, 25, image.width, image.height),
    ]) {
      const score = await minutiaeMatcher.probe(moved).then(
        (template) => compare(templates[i], template),
        () => 0,
      )
      if (score <= highestStranger) lost++
    }
  }
  return [
    {
      name: "largest asymmetry of the score",
      value: asymmetry,
      unit: "of the score",
      bound: { is: "at most", value: 1e-6 },
    },
    {
      name: "comparisons above the self-comparison",
      value: aboveSelf,
      unit: "of 400",
      bound: { is: "exactly", value: 0 },
    },
    {
      name: "scores changed by storing the template",
      value: codecChanges,
      unit: "of 400",
      bound: { is: "exactly", value: 0 },
    },
    {
      name: "prints turned (90°, -35°, 160°) or shifted that fall to the highest score of two fingers",
      value: lost,
      unit: "of 80",
      bound: { is: "exactly", value: 0 },
    },
  ]
}

export const claims: readonly Claim[] = [
  {
    title: "Eight fingerprint databases, all pairs, orb-harris beside minutiae",
    measure: (say) => errorRates("fvc-all-pairs", "", say),
  },
  { title: "Cost on one thread", measure: cost },
  {
    title: "The same on fingers 106-110 alone, which chose nothing",
    measure: (say) => errorRates("fvc-held-out", "^(10[6-9]|110)$", say),
  },
  { title: "What is no fingerprint", measure: hostile },
  { title: "Properties of the score on real prints", measure: properties },
]
