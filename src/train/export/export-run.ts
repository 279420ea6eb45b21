import { mkdir } from "node:fs/promises"
import { join } from "node:path"
import { writeFileAtomic } from "@sourceprint/core/files/atomic-file.js"
import { parquetWriteBuffer } from "hyparquet-writer"
import { type LoadedRun, loadRun } from "../report/load-run.js"
import { verdictSentence } from "../report/verdict.js"
import { type Column, csvOf } from "./columns.js"
import { latexTable, latexText } from "./latex-table.js"
import { tensorboardEvents } from "./tensorboard-events.js"

/** Writes a run in the formats of other programs; the run stays as it is. Files of an earlier export are replaced.
 *
 *  - scores.csv, scores.parquet: a row an image, job and side (JobScore with job, task, model, fold, seed)
 *  - history.csv, history.parquet: a row an epoch and job; absent where no network was trained
 *  - models.csv, models.tex: a row a model with its figures on eval and 95 % intervals; LaTeX for the package booktabs
 *  - run.bib: a BibTeX entry that names the run, its data and its code
 *  - tensorboard/<job>/: an event file a job with losses, accuracies and the learning rate by epoch
 *
 *  @param folder of the run @param out is made @returns paths of the files
 *  @throws AppError "report/no-run", "report/no-job", "run/damaged" */
export async function exportRun(folder: string, out: string): Promise<string[]> {
  const run = await loadRun(folder)
  const written: string[] = []
  const write = async (name: string, content: string | Uint8Array): Promise<void> => {
    const path = join(out, name)
    await mkdir(join(path, ".."), { recursive: true })
    await writeFileAtomic(path, content)
    written.push(path)
  }
  for (const [name, columns] of [
    ["scores", scoreColumns(run)],
    ["history", historyColumns(run)],
  ] as const) {
    if (columns[0]?.data.length === 0) continue
    await write(`${name}.csv`, csvOf(columns))
    await write(`${name}.parquet`, new Uint8Array(parquetWriteBuffer({ columnData: [...columns] })))
  }
  await write("models.csv", csvOf(modelColumns(run)))
  await write("models.tex", latexTable(run))
  await write("run.bib", bibtexOf(run))
  const wallSeconds = Date.parse(run.environment.createdAt) / 1000
  for (const { metrics } of run.jobs) {
    if (metrics.history.length === 0) continue
    const steps = metrics.history.map(({ epoch, trainLoss, trainAccuracy, devLoss, devAccuracy, learningRate }) => ({
      step: epoch,
      scalars: {
        "loss/train": trainLoss,
        "loss/dev": devLoss,
        "accuracy/train": trainAccuracy,
        "accuracy/dev": devAccuracy,
        learning_rate: learningRate,
      },
    }))
    const name = `events.out.tfevents.${Math.floor(wallSeconds)}.sourceprint`
    await write(join("tensorboard", metrics.cell, name), tensorboardEvents(steps, wallSeconds))
  }
  return written
}

const labelsOf = ({ plan }: LoadedRun): Map<string, string> => new Map(plan.arms.map(({ id, label }) => [id, label]))

/** What names a job, once for each of its rows. */
function jobColumns<Row>(run: LoadedRun, rowsOf: (job: LoadedRun["jobs"][number]) => readonly Row[]) {
  const labels = labelsOf(run)
  const rows = run.jobs.flatMap((job) => rowsOf(job).map((row) => ({ job: job.metrics, row })))
  const text = (name: string, of: (row: (typeof rows)[number]) => string): Column => ({
    name,
    type: "STRING",
    data: rows.map(of),
  })
  const whole = (name: string, of: (row: (typeof rows)[number]) => number): Column => ({
    name,
    type: "INT32",
    data: rows.map(of),
  })
  const number = (name: string, of: (row: (typeof rows)[number]) => number): Column => ({
    name,
    type: "DOUBLE",
    data: rows.map(of),
  })
  const named = [
    text("job", ({ job }) => job.cell),
    text("task", ({ job }) => job.task),
    text("model", ({ job }) => labels.get(job.arm) ?? job.arm),
    whole("fold", ({ job }) => job.fold),
    whole("seed", ({ job }) => job.seed),
  ]
  return { named, text, whole, number }
}

function scoreColumns(run: LoadedRun): readonly Column[] {
  const { named, text, whole, number } = jobColumns(run, ({ scores }) => scores)
  return [
    ...named,
    text("side", ({ row }) => row.side),
    text("path", ({ row }) => row.path),
    text("scanner", ({ row }) => row.scanner),
    text("group", ({ row }) => row.group),
    whole("label", ({ row }) => row.label),
    number("score", ({ row }) => row.score),
  ]
}

function historyColumns(run: LoadedRun): readonly Column[] {
  const { named, whole, number } = jobColumns(run, ({ metrics }) => metrics.history)
  return [
    ...named,
    whole("epoch", ({ row }) => row.epoch),
    number("learning_rate", ({ row }) => row.learningRate),
    number("train_loss", ({ row }) => row.trainLoss),
    number("train_accuracy", ({ row }) => row.trainAccuracy),
    number("dev_loss", ({ row }) => row.devLoss),
    number("dev_accuracy", ({ row }) => row.devAccuracy),
  ]
}

function modelColumns({ metrics }: LoadedRun): readonly Column[] {
  const arms = metrics.arms
  const number = (name: string, of: (arm: (typeof arms)[number]) => number): Column => ({
    name,
    type: "DOUBLE",
    data: arms.map(of),
  })
  const figure = (name: string, of: (arm: (typeof arms)[number]) => { value: number; low: number; high: number }) => [
    number(name, (arm) => of(arm).value),
    number(`${name}_low`, (arm) => of(arm).low),
    number(`${name}_high`, (arm) => of(arm).high),
  ]
  const drawn = (name: "balancedAccuracy" | "eer" | "auc", title: string): Column[] =>
    figure(title, ({ pooled }) => ({ value: pooled[name].value, ...pooled[name].interval }))
  const counted = (name: "fmr" | "fnmr"): Column[] => [
    ...figure(name, ({ pooled }) => ({ value: pooled[name].rate, ...pooled[name].interval })),
    number(`${name}_errors`, ({ pooled }) => pooled[name].errors),
    number(`${name}_trials`, ({ pooled }) => pooled[name].trials),
  ]
  return [
    { name: "model", type: "STRING", data: arms.map(({ label }) => label) },
    { name: "chosen", type: "BOOLEAN", data: arms.map(({ arm }) => arm === metrics.winner.arm) },
    number("jobs", ({ cells }) => cells),
    number("parameters", ({ parameterCount }) => parameterCount),
    ...drawn("balancedAccuracy", "balanced_accuracy"),
    ...drawn("eer", "eer"),
    ...drawn("auc", "auc"),
    ...counted("fmr"),
    ...counted("fnmr"),
  ]
}

function bibtexOf({ name, config, environment, metrics }: LoadedRun): string {
  const date = environment.createdAt.slice(0, 10)
  const code = environment.commit === "" ? "" : `, commit ${environment.commit}`
  const note =
    `run ${name} of sourceprint${code}; dataset SHA-256 ${environment.datasetHash}, ` +
    `${environment.imageCount} images; ${verdictSentence(metrics, config)}`
  return `@misc{${name},
  title = {${latexText(config.question ?? config.name)}},
  howpublished = {Experiment with sourceprint},
  date = {${date}},
  year = {${date.slice(0, 4)}},
  note = {${latexText(note)}},
}
`
}
