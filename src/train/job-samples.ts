import { alikeNames } from "@sourceprint/core/dataset/names.js"
import type { Sample } from "@sourceprint/core/dataset/sample.js"
import { groupOf, splitSamples } from "@sourceprint/core/dataset/splits.js"
import { defined } from "@sourceprint/core/defined.js"
import { AppError } from "@sourceprint/core/errors.js"
import { Rng } from "@sourceprint/core/rng.js"
import type { ExperimentConfig } from "./experiment-config.js"
import type { JobSpec, Task } from "./plan.js"
import { presentationOf, presentationSide } from "./presentation-tasks.js"
import { halfOf, otherHalf, type VerificationTask } from "./verification-tasks.js"

/** The images that an experiment is about, in the order of `all`.
 *  @throws AppError "plan/name" for a scanner or collection that the dataset does not have; "plan/empty" */
export function selectSamples(all: readonly Sample[], dataset: ExperimentConfig["dataset"]): Sample[] {
  const { folder, collections, scanners } = dataset
  requireNames(all, "scanner", scanners ?? [], folder)
  requireNames(all, "collection", collections ?? [], folder)
  const kept = all.filter(
    (sample) => (collections?.includes(sample.collection) ?? true) && (scanners?.includes(sample.scanner) ?? true),
  )
  if (kept.length > 0) return kept
  const has = (name: "collection" | "scanner"): string => [...new Set(all.map((sample) => sample[name]))].join(", ")
  throw new AppError(
    "plan/empty",
    `no image of ${folder} is left; its collections: ${has("collection") || "none"}; its scanners: ` +
      `${has("scanner") || "none"}`,
  )
}

function requireNames(
  all: readonly Sample[],
  column: "scanner" | "collection",
  names: readonly string[],
  folder: string,
): void {
  const known = [...new Set(all.map((sample) => sample[column]))].sort()
  const unknown = names.filter((name) => !known.includes(name))
  if (unknown.length === 0) return
  const alike = alikeNames([...known, ...unknown])
    .filter((group) => group.some((name) => unknown.includes(name)))
    .flatMap((group) => group.filter((name) => known.includes(name)))
  const meant = alike.length === 0 ? ";" : `; did you mean ${alike.join(", ")}?`
  throw new AppError(
    "plan/name",
    `dataset.${column}s: ${folder} has no ${column} ${unknown.map((name) => `"${name}"`).join(", ")}${meant} ` +
      `It has ${known.join(", ") || "none"}`,
  )
}

/** Index of an image in the selection, with its answer in this task. */
export interface LabelledSample {
  readonly index: number
  readonly sample: Sample
  readonly label: 0 | 1
  /** What it is an image of: the scanner, or the kind of presentation. */
  readonly source: string
}

export interface JobSamples {
  readonly train: readonly LabelledSample[]
  readonly dev: readonly LabelledSample[]
  readonly eval: readonly LabelledSample[]
  /** The eval side of the scanner that was left out; empty where none was. */
  readonly unseen: readonly LabelledSample[]
}

/** Paths of the task's images: all of the target, and of each other scanner a seeded draw where there is a limit. */
function drawnPaths(selected: readonly Sample[], task: Task, splitSeed: number): Set<string> {
  const paths = new Set<string>()
  for (const scanner of [task.target, ...task.others]) {
    const own = selected.filter((sample) => sample.scanner === scanner).map(({ path }) => path)
    const limit = scanner === task.target ? undefined : task.maxImagesPerOther
    const drawn = limit === undefined ? own : new Rng(splitSeed).fork(`draw/${task.id}/${scanner}`).shuffled(own.sort())
    for (const path of drawn.slice(0, limit)) paths.add(path)
  }
  return paths
}

/** The images of one job. The split is made once over all selected images, so every task, model and seed sees the same
 *  sides. @param seed of the job: it draws the enrolment images of a verification
 *  @throws AppError "split/…", "job/enrolment" */
export function jobSamples(
  selected: readonly Sample[],
  { configuration, task, fold, seed = 0 }: Pick<JobSpec, "configuration" | "task" | "fold"> & { seed?: number },
): JobSamples {
  const { verification } = task
  if (verification !== undefined)
    return verificationSamples(selected, configuration, { ...task, verification }, fold, seed)
  if (task.presentation !== undefined) return presentationSamples(selected, configuration, task, fold)
  const indexOf = new Map(selected.map((sample, index) => [sample.path, index]))
  const drawn = drawnPaths(selected, task, configuration.split.seed)
  const split = defined(splitSamples(selected, configuration.split)[fold], "fold")
  const labelled = (samples: readonly Sample[]): LabelledSample[] =>
    samples
      .filter(({ path }) => drawn.has(path))
      .map((sample) => ({
        sample,
        index: indexOf.get(sample.path) ?? -1,
        label: sample.scanner === task.target ? 1 : 0,
        source: sample.scanner,
      }))
  const unseen = split.eval
    .filter(({ scanner }) => scanner === task.unseen)
    .map((sample): LabelledSample => {
      return { sample, index: indexOf.get(sample.path) ?? -1, label: 0, source: sample.scanner }
    })
  return {
    train: few(labelled(split.train), configuration, fold),
    dev: labelled(split.dev),
    eval: labelled(split.eval),
    unseen,
  }
}

/** At most `imagesPerScanner` images of each scanner or kind of presentation, the same for every task of a fold. */
function few(
  images: readonly LabelledSample[],
  { imagesPerScanner, split }: JobSpec["configuration"],
  fold: number,
): readonly LabelledSample[] {
  if (imagesPerScanner === undefined) return images
  const sources = [...new Set(images.map(({ source }) => source))]
  const kept = new Set(
    sources.flatMap((one) => {
      const own = images.filter(({ source }) => source === one)
      return new Rng(`${split.seed}/${fold}`).fork(`few/${one}`).shuffled(own).slice(0, imagesPerScanner)
    }),
  )
  return images.filter((image) => kept.has(image))
}

/** Split by what the samples show: every side has fingers and attacks; images that nobody labelled stay out. */
function presentationSamples(
  selected: readonly Sample[],
  configuration: JobSpec["configuration"],
  task: Task,
  fold: number,
): JobSamples {
  const indexOf = new Map(selected.map((sample, index) => [sample.path, index]))
  const known = selected.filter(({ presentation }) => presentation !== undefined)
  const sides = defined(splitSamples(known, configuration.split, ({ presentation = "" }) => presentation)[fold], "fold")
  const labelled = (side: "train" | "dev" | "eval"): LabelledSample[] =>
    presentationSide(sides[side], side, task.presentation).map((sample) => ({
      sample,
      index: indexOf.get(sample.path) ?? -1,
      label: sample.presentation === "bona-fide" ? 1 : 0,
      source: presentationOf(sample),
    }))
  const train = few(labelled("train"), configuration, fold)
  return { train, unseen: [], dev: labelled("dev"), eval: labelled("eval") }
}

/** The k enrolment images (train) are of the target; dev and eval have all images of their people, and of the control
 *  those of the target, from one half of its people and from the other. */
function verificationSamples(
  selected: readonly Sample[],
  { split }: JobSpec["configuration"],
  { id, target, verification }: Task & { readonly verification: VerificationTask },
  fold: number,
  seed: number,
): JobSamples {
  const { enrolmentImages, splitUnit } = verification
  const indexOf = new Map(selected.map((sample, index) => [sample.path, index]))
  const sides = defined(splitSamples(selected, split)[fold], "fold")
  const rng = new Rng(split.seed).fork(`verification/${target}/${fold}/${seed}`)
  const labelled = (side: "train" | "dev" | "eval"): LabelledSample[] => {
    const own = sides[side].filter(({ scanner }) => scanner === target)
    const genuine = splitUnit ? halfOf(own, rng.fork(side)) : new Set(own.map(({ path }) => path))
    return (splitUnit ? own : sides[side]).map((sample) => {
      const label = genuine.has(sample.path) ? 1 : 0
      const source = splitUnit && label === 0 ? otherHalf(target) : sample.scanner
      return { sample, index: indexOf.get(sample.path) ?? -1, label, source }
    })
  }
  const known = labelled("train").filter(({ label }) => label === 1)
  if (known.length < enrolmentImages)
    throw new AppError(
      "job/enrolment",
      `${id}: the training side of fold ${fold} has ${known.length} images to enrol, ${enrolmentImages} are ` +
        "asked for; ask for fewer, or give training a larger share",
    )
  const train = rng.fork("enrol").shuffled(known).slice(0, enrolmentImages)
  return { train, unseen: [], dev: labelled("dev"), eval: labelled("eval") }
}

/** What intervals are drawn over: the finger where the dataset names one, else the image. */
export const bootstrapGroup = (sample: Sample): string =>
  sample.subject === "" || sample.finger === "" ? sample.path : groupOf(sample, "finger")

/** @throws AppError "job/one-class" for a side without images of one answer */
export function requireBothAnswers(samples: JobSamples, { task, fold }: JobSpec): void {
  for (const side of ["train", "dev", "eval"] as const) {
    for (const label of [0, 1] as const) {
      if (side === "train" && label === 0 && task.verification !== undefined) continue
      if (samples[side].some((sample) => sample.label === label)) continue
      const missing = label === 1 ? `of ${task.target}` : `of anything but ${task.target}`
      throw new AppError("job/one-class", `${task.id}: the ${side} side of fold ${fold} has no image ${missing}`)
    }
  }
}
