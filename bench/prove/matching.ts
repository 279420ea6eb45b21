import { dirname, join } from "node:path"
import { systemClock } from "@sourceprint/core/clock.js"
import { importDataset } from "@sourceprint/core/dataset/import/import-dataset.js"
import { AppError } from "@sourceprint/core/errors.js"
import { crop } from "@sourceprint/core/image/crop.js"
import { rotated } from "@sourceprint/core/image/distortion.js"
import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { readGrayImage } from "@sourceprint/core/image/read-image.js"
import { localLauncher } from "@sourceprint/core/launch/local-launcher.js"
import { BenchmarkConfig } from "@sourceprint/match/benchmark/benchmark-config.js"
import { summariseBenchmark } from "@sourceprint/match/benchmark/benchmark-summary.js"
import { runBenchmark } from "@sourceprint/match/benchmark/run-benchmark.js"
import { minutiaeMatcher } from "@sourceprint/match/fingerprint/minutiae/matcher.js"
import type { MinutiaeTemplate } from "@sourceprint/match/fingerprint/minutiae/template-codec.js"
import { sharedData } from "../../test/support/shared-data.js"
import type { Claim, Figure } from "./claim.js"
import { atLeast, exactly } from "./figure.js"
import { qualityTells, searches, speed } from "./match-use.js"
import { damagedPrints, everySet, heldThresholds, nonFingers } from "./unseen-prints.js"

const MATCHERS = ["minutiae", "orb-harris"]

const fvcFolder = (): string => {
  const folder = sharedData("fvc2002")
  if (folder === undefined) throw new AppError("prove/data", "the FVC images (../shared/data) are not on this machine")
  return dirname(folder)
}

const finger = (database: string, name: string): Promise<GrayImage> =>
  readGrayImage(join(fvcFolder(), database, `${name}.tif`))

/** The benchmark of both matchers on the eight databases; its run folder and page are kept where the project keeps
 *  them, so an interrupted proof continues. `fingers` keeps those whose name fits. */
async function errorRates(name: string, fingers: string, logLine: (text: string) => void): Promise<Figure[]> {
  const runFolder = join("experiments", "runs", `match-${name}`)
  const dataset = join("data", "fvc")
  await importDataset({ from: fvcFolder(), only: ["fvc2000", "fvc2002"], into: dataset, layout: "fvc" })
  const config = BenchmarkConfig.parse({ name, datasets: [dataset], matchers: MATCHERS, fingers })
  const launcher = localLauncher({ memoryMbPerWorker: 4096, crashRetries: 1 })
  let toldMs = 0
  const progress = {
    start: () => {},
    stop: () => {},
    update: (done: number, note?: string) => {
      if (performance.now() - toldMs < 20_000) return
      toldMs = performance.now()
      logLine(`${done.toFixed(1)} jobs ${note ?? ""}`)
    },
  }
  const scores = await runBenchmark(config, runFolder, { launcher, progress })
  if (scores === undefined) throw new AppError("prove/stopped", "stopped; the same command continues")
  const options = { reportsFolder: "reports", clock: systemClock, worst: 2 }
  const { metrics, meanEers, reportFile } = await summariseBenchmark(config, runFolder, scores, options)
  const figures: Figure[] = MATCHERS.map((matcher) => {
    const { value, low, high } = meanEers.get(matcher) ?? { value: Number.NaN, low: 0, high: 1 }
    return {
      name: `${matcher}, mean EER over ${metrics.length / MATCHERS.length} databases`,
      value: value * 100,
      unit: "%",
      ...(matcher === "minutiae" ? { bound: { is: "at most", value: 1.2 } as const } : {}),
      note: `95 % ${(low * 100).toFixed(2)}-${(high * 100).toFixed(2)}, fingers drawn again; page ${reportFile}`,
    }
  })
  for (const set of new Set(metrics.map((m) => m.set))) {
    const eer = (matcher: string): number =>
      metrics.find((m) => m.set === set && m.matcher === matcher)?.eer ?? Number.NaN
    const [ours, theirs] = MATCHERS.map(eer)
    figures.push(
      atLeast(
        `${set}: orb-harris EER over minutiae EER`,
        ours === 0 ? 1000 : theirs / ours,
        5,
        "times",
        `${(ours * 100).toFixed(2)} % against ${(theirs * 100).toFixed(2)} %${ours === 0 ? "; no error seen" : ""}`,
      ),
    )
  }
  return figures
}

/** A print turned or shifted must stay above every comparison of two fingers. */
async function moved(): Promise<Figure[]> {
  const names = Array.from({ length: 20 }, (_, i) => `${101 + (i % 10)}_${1 + Math.floor(i / 10)}`)
  const images = await Promise.all(names.map((name) => finger("fvc2002/DB1_B", name)))
  const templates: MinutiaeTemplate[] = []
  for (const image of images) templates.push(await minutiaeMatcher.probe(image))
  const { compare } = minutiaeMatcher
  const strangers = templates.flatMap((a, i) =>
    templates.slice(i + 1).flatMap((b, k) => ((k + 1) % 10 === 0 ? [] : [compare(a, b)])),
  )
  const highestStranger = Math.max(...strangers)
  let lost = 0
  for (const [i, image] of images.entries()) {
    for (const changed of [
      rotated(image, 90),
      rotated(image, -35),
      rotated(image, 160),
      crop(image, -40, 25, image.width, image.height),
    ]) {
      const score = await minutiaeMatcher.probe(changed).then(
        (template) => compare(templates[i], template),
        () => 0,
      )
      if (score <= highestStranger) lost++
    }
  }
  return [
    exactly(
      "prints turned (90°, -35°, 160°) or shifted that fall to the highest score of two fingers",
      lost,
      0,
      "of 80",
    ),
  ]
}

/** Hostile input, symmetry and storage of `minutiae` are claims of `npm run prove -- minutiae`. */
export const claims: readonly Claim[] = [
  {
    title: "Eight fingerprint databases, all pairs, orb-harris beside minutiae, one report",
    measure: (logLine) => errorRates("fvc-all-pairs", "", logLine),
  },
  {
    title: "The same on fingers 106-110 alone, which chose nothing",
    measure: (logLine) => errorRates("fvc-held-out", "^(10[6-9]|110)$", logLine),
  },
  { title: "Prints turned and shifted", measure: moved },
  everySet,
  damagedPrints,
  heldThresholds,
  nonFingers,
  qualityTells,
  searches,
  speed,
]
