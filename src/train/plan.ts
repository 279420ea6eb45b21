import { contentId } from "@sourceprint/core/canonical-json.js"
import { defined as required } from "@sourceprint/core/defined.js"
import { AppError } from "@sourceprint/core/errors.js"
import type { Perturbation } from "@sourceprint/core/image/perturbation.js"
import type { ViewConfig } from "@sourceprint/model/input-contract.js"
import type { AugmentConfig } from "./augment/augmented-patches.js"
import type { WrittenConfig } from "./config-file.js"
import {
  type DecisionConfig,
  type ExperimentConfig,
  type ModelConfig,
  pluginsOf,
  type SplitConfig,
  type Tasks,
  type TrainingConfig,
} from "./experiment-config.js"
import type { PluginRef } from "./plugins/plugin.js"
import { type PresentationTask, presentationTasks } from "./presentation-tasks.js"
import { type SearchState, searchBeginning } from "./search/next-round.js"
import { type PlannedTrial, searchVariants } from "./search/search-variants.js"
import { type Variant, variantsOf } from "./sweep.js"
import { type VerificationTask, verificationTasks } from "./verification-tasks.js"
import { zooEntry } from "./zoo/registry.js"

/** Training with nothing left open. */
export type ResolvedTraining = TrainingConfig & {
  readonly epochs: number
  readonly batchSize: number
  readonly learningRate: number
  readonly patience: number
}

/** One way to train: what a row of the model comparison stands for. */
export interface Configuration {
  /** Follows from the rest. */
  readonly id: string
  readonly label: string
  readonly model: { readonly id: string; readonly settings: Readonly<Record<string, unknown>> }
  readonly view: ViewConfig
  readonly augment: AugmentConfig
  readonly training: ResolvedTraining
  readonly split: SplitConfig
  /** See `train.imagesPerScanner`. */
  readonly imagesPerScanner?: number | undefined
  /** Of the experiment; absent: none. */
  readonly plugins?: readonly PluginRef[] | undefined
}

/** One question with two answers: did `target` take the image, or one of `others`? Of presentations: is it `bona fide`,
 *  or one of the species of attacks in `others`? */
export interface Task {
  readonly id: string
  readonly target: string
  readonly others: readonly string[]
  /** See `tasks.maxImagesPerOther`. */
  readonly maxImagesPerOther?: number | undefined
  /** Absent: about scanners. */
  readonly presentation?: PresentationTask | undefined
  /** Absent: trained on target and others. */
  readonly verification?: VerificationTask | undefined
  /** A scanner that is not among `others`: its images are judged apart. */
  readonly unseen?: string | undefined
}

/** plan.json: arms and tasks once, cells by reference. */
export interface PlanRecord {
  readonly arms: readonly Configuration[]
  readonly tasks: readonly Task[]
  readonly cells: readonly {
    readonly id: string
    readonly arm: string
    readonly task: string
    readonly fold: number
    readonly seed: number
  }[]
}

/** One model trained once. Everything it needs is in here, so that any process on any machine can run it. */
export interface JobSpec {
  /** Readable, and a file name; follows from the content. */
  readonly id: string
  readonly configuration: Configuration
  readonly task: Task
  readonly fold: number
  readonly seed: number
  readonly dataset: ExperimentConfig["dataset"]
  readonly decision: DecisionConfig
  /** See `eval.perturb`. */
  readonly perturb?: readonly (readonly Perturbation[])[] | undefined
}

export interface ExperimentPlan {
  readonly config: ExperimentConfig
  readonly configurations: readonly Configuration[]
  readonly tasks: readonly Task[]
  readonly jobs: readonly JobSpec[]
  /** Of a search: every trial that is known so far. */
  readonly trials?: readonly PlannedTrial[]
}

const foldsOf = (split: SplitConfig): number => ("folds" in split ? split.folds : 1)

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "")
    .slice(0, 40)

/** The tasks that a configuration asks for on these scanners, in the order of their names.
 *  @param presentations the kinds of `presentationKinds`
 *  @throws AppError "plan/scanner" for a name that the dataset does not have, "plan/presentation" */
export function tasksOf(tasks: Tasks, scanners: readonly string[], presentations: readonly string[] = []): Task[] {
  if (tasks.kind === "presentation") return presentationTasks(tasks.attacks, presentations)
  const known = [...new Set(scanners)].sort()
  const must = (name: string): string => {
    if (known.includes(name)) return name
    throw new AppError("plan/scanner", `the dataset has no scanner "${name}"; it has ${known.join(", ")}`)
  }
  if (known.length < 2) {
    throw new AppError(
      "plan/scanner",
      `telling scanners apart needs two; the dataset has ${known.join(", ") || "none"}`,
    )
  }
  if (tasks.kind !== "one-vs-one") {
    const targets = tasks.targets === "every" ? known : tasks.targets.map(must)
    if (tasks.kind === "verification") return verificationTasks(targets, known, tasks.enrolmentImages, tasks.splitUnit)
    const { maxImagesPerOther } = tasks
    const whole = (target: string): Task => ({
      id: `${target} vs all`,
      target,
      others: known.filter((name) => name !== target),
      ...(maxImagesPerOther === undefined ? {} : { maxImagesPerOther }),
    })
    if (tasks.kind === "one-vs-all") return targets.map(whole)
    if (known.length < 3) throw new AppError("plan/scanner", "leaving a scanner out needs three; the dataset has two")
    const leftOut = tasks.leftOut === "every" ? known : tasks.leftOut.map(must)
    return targets.map(whole).flatMap((task) => [task, ...leftOut.flatMap((unseen) => withoutScanner(task, unseen))])
  }
  const pairs =
    tasks.pairs === "every"
      ? known.flatMap((a, i) => known.slice(i + 1).map((b) => [a, b] as const))
      : tasks.pairs.map(([a, b]) => [must(a), must(b)] as const)
  return pairs.map(([target, other]) => {
    if (target === other) throw new AppError("plan/scanner", `tasks.pairs: ${target} cannot be told from itself`)
    return { id: `${target} vs ${other}`, target, others: [other] }
  })
}

/** The task without `unseen`; none where that is the target. */
const withoutScanner = (task: Task, unseen: string): Task[] =>
  task.target === unseen
    ? []
    : [
        {
          ...task,
          id: `${task.target} vs all, ${unseen} unseen`,
          others: task.others.filter((name) => name !== unseen),
          unseen,
        },
      ]

/** Model settings, view, augmentation and training of one model in one variant, nothing left open. */
function configurationOf({ config, values }: Variant, model: ModelConfig, index: number): Configuration {
  const view = model.view ?? config.view
  const plugins = pluginsOf(config)
  const defaults = zooEntry(model.id, plugins).plan(model.settings, view).training
  const stated = Object.fromEntries(
    Object.entries({ ...config.training, ...defined(model.training) }).filter(([, value]) => value !== undefined),
  )
  const content = {
    model: { id: model.id, settings: model.settings },
    view,
    augment: model.augment ?? config.augment,
    training: { ...defaults, ...stated } as ResolvedTraining,
    split: config.split,
    ...defined({ imagesPerScanner: config.train?.imagesPerScanner }),
    ...(plugins.length === 0 ? {} : { plugins }),
  }
  // Of a sweep, a label names what concerns this model.
  const own = [...values].filter(([path]) => !path.startsWith("models[") || path.startsWith(`models[${index}].`))
  const label = [
    model.label ?? model.id,
    ...own.map(([path, value]) => `${path.replace(/^models\[\d+\]\./, "")}=${plainText(value)}`),
  ].join(" · ")
  return { id: contentId(content), label, ...content }
}

const plainText = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value))
const defined = <T extends object>(value: T): Partial<T> =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Partial<T>

/** @throws AppError "plan/presentation": handling and grey-level forgeries are judged of scanners only */
function requireScannerQuestion({ tasks, eval: evaluation }: ExperimentConfig): void {
  if (tasks.kind === "presentation" && evaluation !== undefined)
    throw new AppError("plan/presentation", "eval.perturb is about scanners; remove it, or ask for other tasks")
}

/** @throws AppError "plan/verification" for a model that cannot be enrolled from images of the target alone */
function requireEnrolment({ tasks }: ExperimentConfig, configurations: Iterable<Configuration>): void {
  if (tasks.kind !== "verification") return
  const enrols = ({ model, view, plugins }: Configuration): boolean => {
    const { recipe } = zooEntry(model.id, plugins).plan(model.settings, view)
    return recipe.kind === "classical" && recipe.enrols === true
  }
  for (const configuration of configurations)
    if (!enrols(configuration))
      throw new AppError(
        "plan/verification",
        `${configuration.label} is trained on target and others; verification needs a model that is enrolled from ` +
          "images of the target alone: noise-reference-v2",
      )
}

/** Every job of an experiment on a dataset with these scanners. Two variants that give a model the same settings give
 *  the same configuration, planned once. Pure: the same configuration gives the same ids in the same order.
 *  @param state of a search: the plan has the jobs of its earlier rounds and those of the next
 *  @param presentations kinds of presentation in the dataset (`presentationKinds`)
 *  @throws AppError as `resolveConfig`, `variantsOf`, `searchVariants` and `tasksOf` */
export function planExperiment(
  source: WrittenConfig,
  scanners: readonly string[],
  state: SearchState = searchBeginning,
  presentations: readonly string[] = [],
): ExperimentPlan {
  const { whole: config, variants } = variantsOf(source)
  const searched = config.search === undefined ? undefined : searchVariants(source, config, config.search, state)
  const configurations = new Map<string, Configuration>()
  const trials = searched?.map(({ trial, variant }) => {
    const { id } = configurationOf(variant, onlyModel(variant.config), 0)
    return { trial, arm: id }
  })
  for (const variant of searched?.map(({ variant }) => variant) ?? variants) {
    variant.config.models.forEach((model, index) => {
      const configuration = configurationOf(variant, model, index)
      if (!configurations.has(configuration.id)) configurations.set(configuration.id, configuration)
    })
  }
  requireScannerQuestion(config)
  requireEnrolment(config, configurations.values())
  const kept = config.dataset.scanners
  const tasks = tasksOf(
    config.tasks,
    kept === undefined ? scanners : scanners.filter((name) => kept.includes(name)),
    presentations,
  )
  const jobs: JobSpec[] = []
  for (const configuration of configurations.values()) {
    for (const task of tasks) {
      for (let fold = 0; fold < foldsOf(configuration.split); fold++) {
        for (const seed of config.seeds) jobs.push(jobOf(config, configuration, task, fold, seed))
      }
    }
  }
  return {
    config,
    configurations: [...configurations.values()],
    tasks,
    jobs,
    ...(trials === undefined ? {} : { trials }),
  }
}

/** A search has one; see `searchVariants`. */
const onlyModel = ({ models: [model] }: ExperimentConfig): ModelConfig => required(model, "model")

function jobOf(
  config: ExperimentConfig,
  configuration: Configuration,
  task: Task,
  fold: number,
  seed: number,
): JobSpec {
  const { dataset, decision } = config
  const perturb = config.eval?.perturb.map((steps) => [steps].flat())
  const judged = perturb === undefined ? [] : [{ perturb }]
  const hash = contentId([configuration.id, task, fold, seed, dataset, decision, ...judged], 10)
  const id = `${slug(task.id)}.${slug(configuration.label)}.f${fold}.s${seed}.${hash}`
  return { id, configuration, task, fold, seed, dataset, decision, ...defined({ perturb }) }
}
