import { defined } from "@sourceprint/core/defined.js"
import type { Rng } from "@sourceprint/core/rng.js"
import { rowsPerImage } from "@sourceprint/model/input-contract.js"
import { rowLength } from "@sourceprint/model/view/encode-image.js"
import { augmentedRows } from "./augment/augmented-patches.js"
import { patchSteps } from "./augment/patch-steps.js"
import { classWeights, epochOrder, type ImageClass } from "./epoch-order.js"
import type { ImageInputs } from "./input-pipeline.js"
import { bootstrapGroup, type LabelledSample } from "./job-samples.js"
import type { Configuration } from "./plan.js"
import { HELD_OUT_PARTS, type LabelledRows, type ModelPlan } from "./zoo/model-entry.js"

/** A batch: `rows` holds labels.length × rowLength numbers. */
export interface Batch {
  readonly rows: Float32Array
  readonly labels: Uint8Array
}

/** Training rows epoch by epoch. Everything follows from (rng, epoch): any batch of any epoch can be made again. */
export interface TrainingRows {
  readonly classWeights: readonly [number, number]
  /** Batches of an epoch; `at(b)` makes batch b. */
  epoch(epoch: number): { readonly count: number; at(batch: number): Batch }
}

/** @param samples same order as `inputs` */
export function trainingRows(
  inputs: ImageInputs,
  samples: readonly LabelledSample[],
  { augment, training, plugins }: Configuration,
  plan: ModelPlan,
  rng: Rng,
): TrainingRows {
  const classes: ImageClass[] = samples.map(({ label, source }) => ({ label, scanner: source }))
  const length = rowLength(plan.input)
  const perImage = plan.augmentable ? augment.patchesPerImage : rowsPerImage(plan.input)
  const steps = plan.augmentable ? patchSteps(augment, plugins) : []
  const oneRow = { ...augment, patchesPerImage: 1 }
  return {
    classWeights: classWeights(classes, training.balance),
    epoch(epoch) {
      const units = epochOrder(classes, perImage, training.balance, rng.fork(`order/${epoch}`))
      return {
        count: Math.ceil(units.length / training.batchSize),
        at(batch) {
          const first = batch * training.batchSize
          const part = units.slice(first, first + training.batchSize)
          const rows = new Float32Array(part.length * length)
          for (const [i, { image, patch }] of part.entries()) {
            rows.set(
              plan.augmentable
                ? augmentedRows(
                    inputs.region(image),
                    plan.input,
                    oneRow,
                    rng.fork(`augment/${epoch}/${first + i}`),
                    steps,
                  )
                : inputs.rows(image).subarray(patch * length, (patch + 1) * length),
              i * length,
            )
          }
          return { rows, labels: Uint8Array.from(part, ({ image }) => defined(classes[image]).label) }
        },
      }
    },
  }
}

/** What the images are of, in the order of their names. */
export const sourceNames = (samples: readonly LabelledSample[]): string[] =>
  [...new Set(samples.map(({ source }) => source))].sort()

/** The part of each sample: the fingers of a scanner are dealt in the order of their names. */
function fingerParts(samples: readonly LabelledSample[]): (sample: LabelledSample) => number {
  const fingers = new Map<string, string[]>()
  for (const { sample, source } of samples) {
    const own = fingers.get(source) ?? []
    if (!own.includes(bootstrapGroup(sample))) own.push(bootstrapGroup(sample))
    fingers.set(source, own)
  }
  for (const own of fingers.values()) own.sort()
  return ({ sample, source }) => (fingers.get(source) ?? []).indexOf(bootstrapGroup(sample)) % HELD_OUT_PARTS
}

/** All rows of a set at once, as classical models and measured layers take them.
 *  @param scanners their places are the numbers of the sources */
export function allRows(
  inputs: ImageInputs,
  samples: readonly LabelledSample[],
  plan: ModelPlan,
  scanners: readonly string[] = sourceNames(samples),
): LabelledRows {
  const length = rowLength(plan.input)
  const perImage = rowsPerImage(plan.input)
  const rows = new Float32Array(inputs.count * perImage * length)
  for (let i = 0; i < inputs.count; i++) rows.set(inputs.rows(i), i * perImage * length)
  const spread = <T extends Uint8Array | Uint16Array>(out: T, value: (sample: LabelledSample) => number): T => {
    for (const [i, sample] of samples.entries()) out.fill(value(sample), i * perImage, (i + 1) * perImage)
    return out
  }
  return {
    rows,
    rowLength: length,
    labels: spread(new Uint8Array(samples.length * perImage), ({ label }) => label),
    parts: spread(new Uint8Array(samples.length * perImage), fingerParts(samples)),
    sources: spread(new Uint16Array(samples.length * perImage), ({ source }) => scanners.indexOf(source)),
  }
}

/** One patch of each image (patch i mod n of image i): a fair and cheap look at dev after every epoch. */
export function onePatchEach(inputs: ImageInputs, samples: readonly LabelledSample[], plan: ModelPlan): Batch {
  const length = rowLength(plan.input)
  const perImage = rowsPerImage(plan.input)
  const rows = new Float32Array(inputs.count * length)
  for (let i = 0; i < inputs.count; i++) {
    const patch = i % perImage
    rows.set(inputs.rows(i).subarray(patch * length, (patch + 1) * length), i * length)
  }
  return { rows, labels: Uint8Array.from(samples, ({ label }) => label) }
}
