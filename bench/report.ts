import { Rng } from "@sourceprint/core/rng.js"
import { renderReport } from "@sourceprint/report/render-report.js"
import { type IndexRun, renderRunIndex } from "@sourceprint/report/run-index.js"
import { readConfigText } from "@sourceprint/train/config-file.js"
import { evaluateJob } from "@sourceprint/train/evaluate.js"
import { type ExperimentPlan, planExperiment } from "@sourceprint/train/plan.js"
import type { LoadedJob, LoadedRun } from "@sourceprint/train/report/load-run.js"
import { experimentReport } from "@sourceprint/train/report.js"
import type { JobScore } from "@sourceprint/train/run-record.js"
import { summariseRun } from "@sourceprint/train/run-summary.js"
import { zooEntry } from "@sourceprint/train/zoo/registry.js"

/** `npm run bench -- report`: size of an empty page; time and size of a report of 40 models × 8 targets × 5 folds on
 *  640 images; the index with 1,000 and 10,000 runs. Scores are drawn, no model is trained. CPU time, one thread. */
export async function run(): Promise<void> {
  const empty = renderReport({ title: "Empty", blocks: [] })
  console.log(`empty report: ${(empty.length / 1000).toFixed(1)} kB`)
  const plan = drawnPlan(40)
  const jobs = plan.jobs.map((job) => drawnJob(plan, job.id))
  const [metrics, summaryMs] = await timed(() =>
    summariseRun(plan.configurations, plan.tasks, jobs, plan.config.winner),
  )
  console.log(`summary with 1,000 bootstrap replicates of ${plan.configurations.length} models: ${seconds(summaryMs)}`)
  const loaded: LoadedRun = {
    folder: "",
    name: "drawn",
    config: plan.config,
    environment: {
      engine: { name: "wasm", why: "drawn", versions: {} },
      datasetHash: "0".repeat(64),
      imageCount: 640,
      node: process.version,
      platform: process.platform,
      cpu: "",
      commit: "",
      createdAt: "2026-01-01T00:00:00Z",
    },
    plan: {
      arms: plan.configurations,
      tasks: plan.tasks,
      cells: plan.jobs.map(({ id, configuration: arm, task, fold, seed }) => ({
        id,
        arm: arm.id,
        task: task.id,
        fold,
        seed,
      })),
    },
    jobs,
    failures: [],
    interruptions: [],
    metrics,
  }
  const [page, renderMs] = await timed(async () =>
    renderReport(await experimentReport(loaded, { reportsFolder: "", worstErrors: 0, audit: false })),
  )
  console.log(
    `report of ${plan.configurations.length} models × ${plan.tasks.length} targets × 5 folds: ${seconds(renderMs)}, ` +
      `${(page.length / 1e6).toFixed(2)} MB`,
  )
  for (const count of [1000, 10_000]) {
    const runs = Array.from({ length: count }, (_, k) => drawnRun(k))
    const [index, indexMs] = await timed(() => renderRunIndex({ title: "Runs", columns: COLUMNS, runs }))
    console.log(`index of ${count} runs, 50 settings each: ${seconds(indexMs)}, ${(index.length / 1e6).toFixed(2)} MB`)
  }
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`

async function timed<T>(work: () => T | Promise<T>): Promise<[T, number]> {
  const before = process.cpuUsage()
  const result = await work()
  const { user, system } = process.cpuUsage(before)
  return [result, (user + system) / 1000]
}

function drawnPlan(models: number): ExperimentPlan {
  const rates = Array.from({ length: models }, (_, k) => ((k + 1) / 10_000).toFixed(4)).join(", ")
  const text = `name: drawn
dataset: { folder: data/drawn }
split: { by: finger, folds: 5 }
view: { region: { kind: common-window, sidePx: 128 } }
models: [{ id: small-cnn }]
sweep: { product: { training.learningRate: [${rates}] } }
`
  const scanners = Array.from({ length: 8 }, (_, k) => `Scanner ${k + 1}`)
  return planExperiment(readConfigText(text, "drawn.yaml"), scanners)
}

/** Two fingers of each of 8 scanners on dev and on eval, 8 images each: 128 scores a side. */
function drawnJob(plan: ExperimentPlan, id: string): LoadedJob {
  const spec = plan.jobs.find((job) => job.id === id)
  if (spec === undefined) throw new RangeError(`no job ${id}`)
  const rng = new Rng(id)
  const skill = 1 + 3 * new Rng(spec.configuration.id).float()
  const scores = (["dev", "eval"] as const).flatMap((side, s) =>
    Array.from({ length: 128 }, (_, k): JobScore => {
      const scanner = `Scanner ${(k >> 4) + 1}`
      const finger = 2 * ((spec.fold + s) % 5) + ((k >> 3) & 1)
      const label = scanner === spec.task.target ? 1 : 0
      const score = 1 / (1 + Math.exp(-(label === 1 ? skill : -skill) - 1.5 * rng.normal()))
      return {
        side,
        path: `${scanner}/${finger}_${k & 7}.bmp`,
        scanner,
        group: `${scanner}/${finger}`,
        label,
        score,
      }
    }),
  )
  const history = Array.from({ length: 30 }, (_, k) => {
    const loss = Math.exp(-k / 8) + 0.05 * rng.float()
    return {
      epoch: k + 1,
      learningRate: 0.001,
      trainLoss: loss,
      trainAccuracy: 1 - loss / 2,
      devLoss: loss + 0.1,
      devAccuracy: 0.9,
    }
  })
  const { input } = zooEntry(spec.configuration.model.id).plan(
    spec.configuration.model.settings,
    spec.configuration.view,
  )
  const count = { target: 16, others: 112 }
  return {
    scores,
    metrics: {
      cell: id,
      arm: spec.configuration.id,
      task: spec.task.id,
      fold: spec.fold,
      seed: spec.seed,
      model: { id: spec.configuration.model.id, kind: "layers", parameterCount: 12_000, input },
      images: { train: { target: 48, others: 336 }, dev: count, eval: count },
      history,
      bestEpoch: 30,
      ...evaluateJob(scores, spec.decision, `dev of fold ${spec.fold}`),
    },
    done: {
      cell: id,
      wallSeconds: 1,
      cpuSeconds: 1,
      peakMemoryMb: 300,
      msPerImage: 5,
      modelBytes: 48_000,
      resumes: 0,
      files: {},
    },
  }
}

const COLUMNS = [
  { key: "ba", label: "Balanced accuracy", group: "result", unit: "rate", better: "higher", listed: true },
  ...Array.from({ length: 50 }, (_, k) => ({ key: `s${k}`, label: `setting ${k}`, group: "setting" }) as const),
] as const

function drawnRun(k: number): IndexRun {
  const value = new Rng(k).float()
  const settings = Object.fromEntries(
    Array.from({ length: 50 }, (_, s) => [`s${s}`, s < 5 ? (k * (s + 1)) % 7 : "same"]),
  )
  return {
    id: `drawn-${k}`,
    kind: "experiment",
    title: "Which scanner took the image?",
    verdict: `drawn ${k}`,
    createdAt: new Date(1.7e12 + k * 1000).toISOString(),
    values: { ba: { value, low: value - 0.01, high: value + 0.01 }, ...settings },
  }
}
