import type { ClassicalModel } from "@sourceprint/model/classical-model.js"
import type { InputContract, ViewConfig } from "@sourceprint/model/input-contract.js"
import type * as Tf from "@tensorflow/tfjs"
import type { z } from "zod"
import type { Handling } from "../augment/handlings.js"
import type { SharedFits } from "../shared-fits.js"

/** The tfjs namespace of the chosen engine (`selectEngine`). */
export type TfModule = typeof Tf

/** Encoded patches, row-major: `rows` holds labels.length × rowLength numbers. Rows of one image lie together and
 *  share its label. */
export interface LabelledRows {
  readonly rows: Float32Array
  readonly rowLength: number
  /** 1: the target scanner; 0: another. */
  readonly labels: Uint8Array
  /** Which scanner each row came from, as a number that means the same on every side of one job. */
  readonly sources: Uint16Array
  /** Which of HELD_OUT_PARTS parts of its scanner's fingers the row's finger belongs to. Absent: nobody knows. */
  readonly parts?: Uint8Array
  /** How the image was handled: 0 as taken, else 1 + place in `ModelPlan.handlings`. Absent: all as taken. */
  readonly handlings?: Uint8Array
}

/** Parts that a model can be fitted without in turn, to see what it says of fingers that it was not fitted on. */
export const HELD_OUT_PARTS = 4

/** What trains a model well when the experiment does not say otherwise. */
export interface TrainingDefaults {
  readonly epochs: number
  readonly batchSize: number
  readonly learningRate: number
  /** Epochs without a better dev loss before training stops. */
  readonly patience: number
}

/** A tfjs model: (N, ...inputShape) -> (N, 1), probability of the target scanner. The loop owns optimiser and loss
 *  (binary cross-entropy + `model.calculateLosses()`, the weight decay that lives in the layers). The loop seeds
 *  dropout layers at every step and refuses other random layers, so that a resumed run is bit-identical. */
export interface LayersRecipe {
  readonly kind: "layers"
  /** A new model with weights drawn from `seed`; not compiled. */
  build(tf: TfModule, seed: number): Tf.LayersModel
  /** Sets what is measured, not learned, from the training rows (standardisation); once, before the first epoch. */
  adapt?(tf: TfModule, model: Tf.LayersModel, training: LabelledRows): void
}

/** A classical model: one call fits it. `dev` serves calibration and early decisions, never the reported figures;
 *  `shared` keeps what does not depend on the target for the run's other jobs. */
export interface ClassicalRecipe {
  readonly kind: "classical"
  /** Of the models that `fit` gives: a `ClassicalKind`, or a plug-in's own with `read`. */
  readonly modelKind: string
  /** `fit` does with images of the target alone (labels 1): a new scanner needs no images of others. */
  readonly enrols?: true
  fit(training: LabelledRows, dev: LabelledRows, seed: number, shared?: SharedFits): ClassicalModel
  /** Reads what `files()` of a kind of one's own gave. A model of such a kind is not promoted: registry and server run
   *  no plug-ins. */
  read?(files: ReadonlyMap<string, Uint8Array>): ClassicalModel
}

/** How a model's files are read: `layers` by tfjs, else by the classical reader of that kind. */
export const fileKind = (recipe: LayersRecipe | ClassicalRecipe): string =>
  recipe.kind === "layers" ? recipe.kind : recipe.modelKind

/** One model with its settings filled in. */
export interface ModelPlan {
  readonly input: InputContract
  /** Shape of one row without the batch: [height, width, channels] or [features]. */
  readonly inputShape: readonly number[]
  readonly training: TrainingDefaults
  /** True: `augment/augmented-patches.ts` gives fresh training patches each epoch (pixel encodings).
   *  False: `encodeRegion` gives the training rows too; encode once, keep them. */
  readonly augmentable: boolean
  /** Of a classical model: how its training and dev images are handled beside coming as taken. Absent: not at all. */
  readonly handlings?: readonly Handling[]
  readonly recipe: LayersRecipe | ClassicalRecipe
}

/** A member of the zoo: one file, one word in `registry.ts`. A published id never changes meaning: `-v2` instead. */
export interface ModelEntry {
  readonly id: string
  /** One sentence for `--help` and the report. */
  readonly summary: string
  /** Strict: unknown keys are refused; every key has a default. */
  readonly settings: z.ZodType
  /** @param settings parsed by `settings` (undefined: all defaults)
   *  @param view what the experiment lets a model see; its `patches` and `vote` go before the model's own
   *  @throws ZodError for settings that do not fit, AppError "zoo/view" for a view that the model cannot take */
  plan(settings: unknown, view: ViewConfig): ModelPlan
}
