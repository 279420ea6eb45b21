import { Name } from "@sourceprint/core/dataset/names.js"
import { Perturbation } from "@sourceprint/core/image/perturbation.js"
import { ViewConfig } from "@sourceprint/model/input-contract.js"
import { z } from "zod"
import { AugmentConfig } from "./augment/augmented-patches.js"
import { LearningRateSchedule } from "./learning-rate.js"
import { PluginRef } from "./plugins/plugin.js"
import { SearchConfig } from "./search/search-config.js"

/** Everything an experiment says, with ranges and defaults. A run stores it resolved. */

const rate = z.number().min(0).max(1)
const scannerName = Name.min(1)
const unique = (list: readonly unknown[]): boolean =>
  new Set(list.map((item) => JSON.stringify(item))).size === list.length
const twice = { message: "names the same thing twice" }

export const Tasks = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("one-vs-all"),
    /** `every` scanner of the dataset in turn, or the ones named. */
    targets: z.union([z.literal("every"), z.array(scannerName).min(1).refine(unique, twice)]).default("every"),
    /** At most this many images of each other scanner (a seeded draw, before the split). Absent: all. */
    maxImagesPerOther: z.int().min(1).optional(),
  }),
  z.strictObject({
    kind: z.literal("one-vs-one"),
    /** The first of a pair is the target. */
    pairs: z
      .union([
        z.literal("every"),
        z
          .array(z.tuple([scannerName, scannerName]))
          .min(1)
          .refine(unique, twice),
      ])
      .default("every"),
  }),
  z.strictObject({
    /** Finger or artefact? The target is the bona fide presentation. */
    kind: z.literal("presentation"),
    /** `leave-one-species-out`: beside all attacks together, each species in turn is only judged, never trained on. */
    attacks: z.enum(["together", "leave-one-species-out"]).default("together"),
  }),
  z.strictObject({
    kind: z.literal("leave-one-scanner-out"),
    /** As in `one-vs-all`. */
    targets: z.union([z.literal("every"), z.array(scannerName).min(1).refine(unique, twice)]).default("every"),
    /** Left out in turn: a model never sees it in training nor on dev, and judges its eval images. Beside these each
     *  target has a model of all scanners: the one to promote. */
    leftOut: z.union([z.literal("every"), z.array(scannerName).min(1).refine(unique, twice)]).default("every"),
    maxImagesPerOther: z.int().min(1).optional(),
  }),
  z.strictObject({
    /** Is this the scanner of these k images? A model is enrolled from them alone; other scanners are only judged. Each
     *  seed draws other images, of people who are on neither dev nor eval. */
    kind: z.literal("verification"),
    /** As in `one-vs-all`. */
    targets: z.union([z.literal("every"), z.array(scannerName).min(1).refine(unique, twice)]).default("every"),
    /** How many images enrol a scanner: each number is judged apart. */
    enrolmentImages: z.array(z.int().min(1)).min(1).refine(unique, twice).default([1, 4, 16]),
    /** The control, with the largest number: images of one half of a scanner's people enrol and those of the other half
     *  are the impostors. No model should tell these apart. */
    splitUnit: z.boolean().default(true),
  }),
])
export type Tasks = z.infer<typeof Tasks>

const splitBy = z.enum(["subject", "finger", "unsafe-by-image"])
export const SplitConfig = z.union([
  z.strictObject({ by: splitBy, seed: z.int().min(0).default(1), folds: z.int().min(3).max(100) }),
  z.strictObject({
    by: splitBy,
    seed: z.int().min(0).default(1),
    fractions: z
      .strictObject({ train: rate.gt(0), dev: rate.gt(0), eval: rate.gt(0) })
      .refine(({ train, dev, eval: evaluation }) => Math.abs(train + dev + evaluation - 1) < 1e-9, {
        message: "train, dev and eval must sum to 1",
      }),
  }),
])
export type SplitConfig = z.infer<typeof SplitConfig>

/** Absent: what the model's own file says. */
const perModel = {
  epochs: z.int().min(1).max(500).optional(),
  batchSize: z.int().min(1).max(512).optional(),
  learningRate: z.number().gt(0).max(10).optional(),
  /** Epochs without a better dev figure before training stops. */
  patience: z.int().min(1).max(500).optional(),
  /** Each batch is cut into so many shares, differentiated side by side on a core each; the result depends on it as on
   *  any order of additions. Absent: one. */
  shares: z.int().min(2).max(64).optional(),
}
const optimiser = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("adam") }),
  z.strictObject({ kind: z.literal("sgd"), momentum: z.number().min(0).lt(1).default(0.9) }),
])
/** `class-weight`: the rarer class weighs more, so that both sum alike. `oversample`: every other image once and the
 *  target's repeated to their number. `undersample`: the target's once and as many others, drawn afresh each epoch,
 *  evenly over their scanners. */
const balance = z.enum(["none", "class-weight", "oversample", "undersample"])
const stopOn = z.enum(["dev-loss", "dev-accuracy"])
const labelSmoothing = z.number().min(0).lt(0.5)

export const TrainingConfig = z.strictObject({
  ...perModel,
  optimiser: optimiser.default({ kind: "adam" }),
  schedule: LearningRateSchedule.default({ kind: "constant", warmupEpochs: 0 }),
  balance: balance.default("class-weight"),
  stopOn: stopOn.default("dev-loss"),
  labelSmoothing: labelSmoothing.default(0),
})
export type TrainingConfig = z.infer<typeof TrainingConfig>

export const ModelConfig = z.strictObject({
  id: z.string().min(1),
  /** What the report calls it; absent: the id. */
  label: z.string().min(1).max(60).optional(),
  /** The model's own; `sourceprint experiment plan` prints them resolved. */
  settings: z.record(z.string(), z.unknown()).default({}),
  /** In place of the experiment's, as a whole. */
  view: ViewConfig.optional(),
  augment: AugmentConfig.optional(),
  /** In place of the experiment's, key by key. */
  training: z
    .strictObject({
      ...perModel,
      optimiser: optimiser.optional(),
      schedule: LearningRateSchedule.optional(),
      balance: balance.optional(),
      stopOn: stopOn.optional(),
      labelSmoothing: labelSmoothing.optional(),
    })
    .default({}),
})
export type ModelConfig = z.infer<typeof ModelConfig>

/** What a model is trained on, of the images that the split gives it. */
export const TrainConfig = z.strictObject({
  /** At most this many training images of each scanner (a seeded draw). dev and eval keep theirs. */
  imagesPerScanner: z.int().min(1).optional(),
})

/** Steps in their order; one step needs no list. */
const chain = z.union([Perturbation, z.array(Perturbation).min(1)])
/** What is judged beside the eval images as they are. */
export const EvalConfig = z.strictObject({
  /** The eval images again, each time after these steps. */
  perturb: z.array(chain).min(1).refine(unique, twice),
})

/** Where the threshold comes from; always dev. */
export const DecisionConfig = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("eer") }),
  z.strictObject({ kind: z.literal("target-fmr"), maxFmr: rate }),
  /** A probability: for models that choose on dev what is more likely than not, as `texture-gaussian` does. */
  z.strictObject({ kind: z.literal("fixed"), threshold: rate }),
])
export type DecisionConfig = z.infer<typeof DecisionConfig>

const values = z.record(z.string().min(1), z.array(z.unknown()).min(1))
export const SweepConfig = z.strictObject({
  /** Every combination of these lists; the key is a path such as "training.learningRate". */
  product: values.default({}),
  /** Lists of equal length, taken side by side. */
  zip: values
    .refine((lists) => new Set(Object.values(lists).map((list) => list.length)).size <= 1, {
      message: "the lists must be equally long",
    })
    .default({}),
})

export type SweepConfig = z.infer<typeof SweepConfig>

/** Judged on dev; see `choose-winner.ts`. */
export const WinnerConfig = z.strictObject({
  by: z.enum(["mean-balanced-accuracy", "pooled-eer", "pooled-auc"]).default("mean-balanced-accuracy"),
  /** Configurations that the paired bootstrap cannot tell from the best (p at least this) are equal, and the smallest
   *  of them wins. 0: the best figure wins. */
  tieLevel: z.number().min(0).max(0.5).default(0),
})
export type WinnerConfig = z.infer<typeof WinnerConfig>

export const ExperimentConfig = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, "is not lower-case letters, digits and dashes"),
  /** What the report answers. */
  question: z.string().min(1).default("Which scanner took the image?"),
  dataset: z.strictObject({
    /** The folder with manifest.csv, from where the command runs. */
    folder: z.string().min(1),
    /** Only these collections, or scanners; absent: all. */
    collections: z.array(Name).min(1).optional(),
    scanners: z.array(scannerName).min(2).refine(unique, twice).optional(),
  }),
  tasks: Tasks.default({ kind: "one-vs-all", targets: "every" }),
  /** Files with models, augmentations, metrics and report sections of one's own, from where the command runs. Their
   *  code runs with your rights. With `sha256` only that very file is taken; a run records it. */
  plugins: z
    .array(z.union([z.string().min(1), PluginRef]))
    .min(1)
    .optional(),
  split: SplitConfig,
  train: TrainConfig.optional(),
  eval: EvalConfig.optional(),
  view: ViewConfig,
  augment: AugmentConfig.default(AugmentConfig.parse({})),
  models: z.array(ModelConfig).min(1),
  seeds: z.array(z.int().min(0)).min(1).refine(unique, twice).default([1]),
  training: TrainingConfig.default(TrainingConfig.parse({})),
  decision: DecisionConfig.default({ kind: "eer" }),
  winner: WinnerConfig.default(WinnerConfig.parse({})),
  sweep: SweepConfig.default({ product: {}, zip: {} }),
  /** In place of a sweep: settings drawn from ranges, judged on dev. Absent: none. */
  search: SearchConfig.optional(),
  engine: z.enum(["auto", "native", "wasm", "cpu"]).default("auto"),
  /** How the work is done; says nothing about the result and is not part of a run's identity. */
  run: z
    .strictObject({
      /** Processes at a time; absent: one a core. */
      workers: z.int().min(1).max(1024).optional(),
      memoryMbPerWorker: z.int().min(200).default(2000),
      crashRetries: z.int().min(0).max(10).default(2),
      /** A job saves its state at the end of an epoch, and within one, when this long has passed. */
      checkpointEverySeconds: z.number().min(0).default(10),
    })
    .default({ memoryMbPerWorker: 2000, crashRetries: 2, checkpointEverySeconds: 10 }),
})
/** The plug-ins of an experiment that was read with `readConfigFile`, which loads them and notes their hashes. */
export const pluginsOf = ({ plugins = [] }: Pick<ExperimentConfig, "plugins">): PluginRef[] =>
  plugins.filter((plugin) => typeof plugin !== "string")

/** A parsed experiment file with every default filled in. */
export type ExperimentConfig = z.infer<typeof ExperimentConfig>
