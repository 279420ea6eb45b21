import type { Encoding, ViewConfig } from "@sourceprint/model/input-contract.js"
import { inputShape } from "@sourceprint/model/view/encode-patch.js"
import type * as Tf from "@tensorflow/tfjs"
import { z } from "zod"
import { contractFor } from "./contract-for.js"
import { convolutionStages, type Stage, type StageSettings } from "./convolution-stages.js"
import type { ModelPlan } from "./model-entry.js"

/** Settings that the small convolution networks share; how many patches and which filters is each one's own. */
export const patchSettings = {
  patchSidePx: z.int().min(32).max(256).default(64),
  /** 2: the first block halves the side as it filters; a third of the work. */
  firstStride: z.union([z.literal(1), z.literal(2)]).default(2),
  weightDecay: z.number().min(0).max(0.1).default(1e-4),
}

export const scalingSetting = z.enum(["raw", "unit", "signed", "standardised"]).default("standardised")

export interface PatchNetwork extends Pick<StageSettings, "pooling" | "weightDecay"> {
  /** The model's id. */
  readonly name: string
  readonly patchSidePx: number
  readonly patchGrid: number
  readonly scaling: Extract<Encoding, { kind: "pixels" }>["scaling"]
  /** A stage each. */
  readonly filters: readonly number[]
  readonly firstStride: 1 | 2
  /** Of the stages after the first, which is full. Default full. */
  readonly laterStages?: Stage["kind"]
  readonly learningRate: number
  /** What comes before the stages: (N, side, side, 1) -> (N, side, side, C). Default nothing. */
  readonly front?: (patch: Tf.SymbolicTensor, seed: number) => Tf.SymbolicTensor
}

/** A network of convolution stages on grey patches of the view's window. @throws AppError "zoo/view" */
export function patchNetwork(view: ViewConfig, network: PatchNetwork): ModelPlan {
  const { name, patchSidePx, patchGrid, scaling, filters, firstStride, laterStages = "full" } = network
  const { pooling, weightDecay, learningRate, front = (patch) => patch } = network
  const input = contractFor(view, {
    patches: { sidePx: patchSidePx, grid: patchGrid },
    encoding: { kind: "pixels", channels: 1, scaling },
  })
  const shape = inputShape(input)
  const stages = filters.map(
    (count, i): Stage =>
      i === 0
        ? { kind: "full", filters: count, stride: firstStride }
        : { kind: laterStages, filters: count, stride: 1 },
  )
  return {
    input,
    inputShape: shape,
    training: { epochs: 30, batchSize: 32, learningRate, patience: 8 },
    augmentable: true,
    recipe: {
      kind: "layers",
      build(tf, seed) {
        const patch = tf.input({ shape: [...shape], name: "patch" })
        const target = convolutionStages(tf, front(patch, seed), { stages, pooling, weightDecay, seed })
        return tf.model({ inputs: patch, outputs: target, name })
      },
    },
  }
}
