/** Which unit of one scanner model took an image: two real units, enrolled from few images. Must show 3. */
import { access, mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { importDataset } from "@sourceprint/core/dataset/import/import-dataset.js"
import { AppError } from "@sourceprint/core/errors.js"
import type { BootstrapResult } from "@sourceprint/core/metrics/group-bootstrap.js"
import { runExperiment } from "@sourceprint/train/run-experiment.js"
import type { ConfigurationSummary } from "@sourceprint/train/run-summary.js"
import { fullStudy } from "../twin-units/study-plan.js"
import { unitFigures } from "../twin-units/unit-figures.js"
import { noiseReferenceV2, studyFingers, unitScores } from "../twin-units/unit-scores.js"
import { acrossStates, eerOf, unitImages } from "../units/lost-rows.js"
import type { Claim, Figure } from "./claim.js"
import { atLeast, atMost } from "./figure.js"

const EXPERIMENT = "experiments/units.yaml"
const DATA = "../shared/data/uareu4000"
const LAYOUT = "{scanner}/{subject}_{finger}_{impression}"
/** As in EXPERIMENT. */
const SIDE_PX = 320

const range = ({ interval: { low, high } }: Pick<BootstrapResult, "interval">): string =>
  `95 % interval ${(100 * low).toFixed(1)}-${(100 * high).toFixed(1)} %`

/** EER by number of enrolment images beside its bound, each unit's, and how far the control's interval is from 50 %.
 *  @param bounds the largest EER in percent by number of enrolment images */
export function verificationFigures(
  { verification = [], tasks }: Pick<ConfigurationSummary, "verification" | "tasks">,
  bounds: ReadonlyMap<number, number>,
): Figure[] {
  return [
    ...verification.map((one): Figure => {
      const { enrolmentImages, splitUnit, eer, fnmr, fmr } = one
      const note = `${range(eer)}; ${fnmr.trials} genuine, ${fmr.trials} impostor`
      const from = `enrolled from ${enrolmentImages}`
      if (splitUnit) {
        const { low, high } = eer.interval
        const apart = Math.max(0, low - 0.5, 0.5 - high)
        const name = `split-unit control, ${from}: interval of the EER misses 50 % by`
        return atMost(name, 100 * apart, 0, "%", `EER ${(100 * eer.value).toFixed(1)} %, ${note}`)
      }
      const bound = bounds.get(enrolmentImages)
      const figure: Figure = { name: `EER, ${from}`, value: 100 * eer.value, unit: "%", note }
      return bound === undefined ? figure : { ...figure, bound: { is: "at most", value: bound } }
    }),
    ...tasks.map(
      ({ task, eer }): Figure => ({ name: `EER, ${task}`, value: 100 * eer.value, unit: "%", note: range(eer) }),
    ),
  ]
}

async function requireImages(): Promise<void> {
  await access(DATA).catch((cause) => {
    throw new AppError(
      "prove/data",
      `${DATA} is not there; twin-units tells simulated units apart, which says nothing of real ones`,
      { cause },
    )
  })
}

async function realUnits(logLine: (text: string) => void): Promise<Figure[]> {
  await requireImages()
  const folder = await mkdtemp(join(tmpdir(), "prove-units-"))
  try {
    const dataset = join(folder, "data")
    await importDataset({ from: DATA, into: dataset, layout: LAYOUT })
    const { metrics, failures } = await runExperiment(EXPERIMENT, {
      overrides: [`dataset.folder=${dataset}`],
      runsFolder: join(folder, "runs"),
      logLine,
    })
    const [summary] = metrics?.arms ?? []
    if (summary === undefined) throw new AppError("prove/run", `${failures.length} jobs failed`)
    return verificationFigures(
      summary,
      new Map([
        [1, 10],
        [16, 3],
      ]),
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function lostRows(): Promise<Figure[]> {
  await requireImages()
  const own = await unitImages(join(DATA, "unit-a"), SIDE_PX)
  const other = await unitImages(join(DATA, "unit-b"), SIDE_PX)
  return [16, 1].flatMap((count) => {
    const scores = acrossStates(own, other, { count, many: 64, draws: count === 1 ? 4 : 2 })
    const { genuine, impostor, unknown, withoutState } = scores
    const all = { genuine: Float64Array.from([...genuine, ...withoutState]), impostor }
    const name = `EER across states, enrolled from ${count}`
    const note = `${genuine.length} genuine, ${impostor.length} impostor; images of each state: `
    return [
      atMost(name, 100 * eerOf(scores), count === 1 ? 10 : 3, "%", `${note}${scores.states.join(", ")}`),
      {
        name: `${name}, with the ${unknown} images that do not show the unit's pattern at all`,
        value: 100 * eerOf(all),
        unit: "%",
        note: `${all.genuine.length} genuine`,
      },
    ]
  })
}

/** The study of `twin-units` at one strength. */
function twinUnits(logLine: (text: string) => void): Figure[] {
  const strength = 0.3
  const plan = { ...fullStudy, strengths: [strength], enrolCounts: [1, 8] }
  logLine(`${plan.units} simulated units, ${plan.enrolPeople} people enrol, ${plan.probePeople} others probe`)
  const tables = unitScores(plan, strength, studyFingers(plan), () => {}, noiseReferenceV2)
  return tables.map(unitFigures).map(({ bits, enrolCount, rankOne, probeCount }) => {
    const name = `right unit first, strength ${strength}, ${bits} bits, ${enrolCount} enrolled`
    const note = `${range(rankOne)}, n ${probeCount}`
    return bits === 4 && enrolCount === 8
      ? atLeast(name, 100 * rankOne.value, 80, "%", note)
      : { name, value: 100 * rankOne.value, unit: "%", note }
  })
}

export const claims: readonly Claim[] = [
  { title: `Two real units of one scanner model, people disjoint, marks left out (${EXPERIMENT})`, measure: realUnits },
  { title: "A real unit enrolled in one state of lost rows and tried in the others", measure: lostRows },
  {
    title: "Ten simulated units that differ by 0.3 of the standard, other people and another session at the probe",
    measure: async (logLine) => twinUnits(logLine),
  },
]
