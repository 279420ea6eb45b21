import { createHash } from "node:crypto"
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { TwinDatasetPlan } from "@sourceprint/capture/fingerprint/twin/dataset/dataset-plan.js"
import { makeTwinDataset } from "@sourceprint/capture/fingerprint/twin/dataset/make-twin-dataset.js"
import { datasetHash, readManifest } from "@sourceprint/core/dataset/manifest.js"
import { AppError } from "@sourceprint/core/errors.js"
import { runExperiment } from "@sourceprint/train/run-experiment.js"
import { runStudy } from "../twin-units/run-study.js"
import { type BitDepth, fullStudy } from "../twin-units/study-plan.js"
import { strengthAtRate, type UnitFigures, unitFigures } from "../twin-units/unit-figures.js"
import type { Claim, Figure } from "./claim.js"
import { atLeast, atMost, exactly } from "./figure.js"

const interval = ({ interval: { low, high } }: UnitFigures["rankOne"]): string =>
  `95 % interval ${(100 * low).toFixed(1)}-${(100 * high).toFixed(1)} %`

/** Figures of the whole study against its bounds. */
function studyFigures(all: readonly UnitFigures[]): Figure[] {
  const of = (strength: number, bits: BitDepth, enrolCount: number): UnitFigures => {
    const found = all.find((f) => f.strength === strength && f.bits === bits && f.enrolCount === enrolCount)
    if (found === undefined) throw new RangeError("the study has no such setting")
    return found
  }
  const rank = (strength: number, bits: BitDepth, enrolCount: number, bound?: Figure["bound"]): Figure => {
    const { rankOne, probeCount } = of(strength, bits, enrolCount)
    return {
      name: `right unit first, strength ${strength}, ${bits} bits, ${enrolCount} enrolled`,
      value: 100 * rankOne.value,
      unit: "%",
      note: `${interval(rankOne)}, n ${probeCount}`,
      ...(bound === undefined ? {} : { bound }),
    }
  }
  const most = Math.max(...fullStudy.enrolCounts)
  const fades = (bits: BitDepth): number =>
    strengthAtRate(
      all.filter((f) => f.bits === bits && f.enrolCount === most),
      0.5,
    )
  const eer = of(1, 4, 8).eer
  return [
    rank(1, 4, 1, { is: "at least", value: 85 }),
    rank(1, 4, 8, { is: "at least", value: 97 }),
    rank(1, 8, 8, { is: "at least", value: 97 }),
    atMost("EER, strength 1, 4 bits, 8 enrolled", 100 * eer.value, 2, "%", interval(eer)),
    rank(0.5, 4, most),
    rank(0.3, 4, most),
    rank(0.1, 4, most),
    rank(0, 4, most, { is: "at most", value: 20 }),
    rank(0, 8, most, { is: "at most", value: 20 }),
    { name: `strength at which half are right, 8 bits, ${most} enrolled`, value: fades(8), unit: "" },
    { name: `strength at which half are right, 4 bits, ${most} enrolled`, value: fades(4), unit: "" },
    atLeast("units grow alike sooner at 4 bits than at 8: difference of these strengths", fades(4) - fades(8), 0),
  ]
}

async function datasetFigures(logLine: (text: string) => void): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), "twin-prove-"))
  try {
    const plan = TwinDatasetPlan.parse({ people: 12, fingersPerPerson: 2, units: 10, impressions: 3 })
    const startedMs = performance.now()
    const { written } = await makeTwinDataset(join(folder, "a"), plan)
    const minutes = (performance.now() - startedMs) / 60_000
    logLine(`${written} images in ${(60 * minutes).toFixed(0)} s; again with one worker`)
    const small = TwinDatasetPlan.parse({ people: 3, fingersPerPerson: 1, units: 3, impressions: 2 })
    const hashes: string[] = []
    for (const workers of [1, 3]) {
      const into = join(folder, `workers-${workers}`, "set")
      await makeTwinDataset(into, small, { workers })
      const manifest = createHash("sha256")
        .update(await readFile(join(into, "manifest.csv")))
        .digest("hex")
      hashes.push(`${datasetHash(await readManifest(into))} ${manifest}`)
    }
    return [
      atLeast(
        "images of `twin dataset`",
        written / minutes,
        300,
        "a minute",
        `${written} images of 24 fingers, growing the fingers included`,
      ),
      exactly("datasets that differ between one worker and three", new Set(hashes).size - 1, 0),
    ]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const EXPERIMENT = "experiments/twin-units.yaml"

/** The committed experiment at two strengths: every model of it, with 4, 16 and 32 enrolment images a unit. */
async function modelFigures(logLine: (text: string) => void): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), "twin-models-"))
  try {
    const figures: Figure[] = []
    for (const unitStrength of [1, 0.3]) {
      const dataset = join(folder, `strength-${unitStrength}`)
      const people = { seed: 20, people: 32, fingersPerPerson: 1, units: 10, impressions: 2 }
      await makeTwinDataset(dataset, TwinDatasetPlan.parse({ ...people, scanner: { unitStrength } }))
      const { metrics, failures } = await runExperiment(EXPERIMENT, {
        overrides: [`dataset.folder=${dataset}`],
        runsFolder: join(folder, "runs"),
        logLine,
      })
      if (metrics === undefined) throw new AppError("prove/run", `${failures.length} jobs failed`)
      for (const { label, pooled } of metrics.arms) {
        const { value, interval: range } = pooled.balancedAccuracy
        figures.push({
          name: `strength ${unitStrength}, ${label}: balanced accuracy`,
          value: 100 * value,
          unit: "%",
          note:
            `95 % interval ${(100 * range.low).toFixed(1)}-${(100 * range.high).toFixed(1)} %, EER ` +
            `${(100 * pooled.eer.value).toFixed(1)} %`,
        })
      }
      const best = Math.max(...metrics.arms.map(({ pooled }) => pooled.balancedAccuracy.value))
      figures.push({
        name: `strength ${unitStrength}, best model`,
        value: 100 * best,
        unit: "%",
        ...(unitStrength === 1 ? { bound: { is: "at least", value: 97 } } : {}),
      })
    }
    return figures
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

export const claims: readonly Claim[] = [
  {
    title: "Ten units of one model, other people and another session at the probe (simulated)",
    measure: async (logLine) => studyFigures((await runStudy(fullStudy, logLine)).map(unitFigures)),
  },
  {
    title: "Which models tell units apart, with how many enrolment images, at two strengths (simulated)",
    measure: modelFigures,
  },
  { title: "`sourceprint twin dataset`: hundreds of images a minute, same bytes", measure: datasetFigures },
]
