import { AppError } from "@sourceprint/core/errors.js"
import { z } from "zod"

/** A network between two formats: one input, one output, layers in the order in which they compute. */
export interface Network {
  readonly name: string
  /** The first is the InputLayer. */
  readonly layers: readonly NetworkLayer[]
  /** Name of the layer whose output is the network's. */
  readonly output: string
}
export interface NetworkLayer {
  readonly name: string
  readonly kind: LayerKind
  /** Keras's names and values; data is channels-last. */
  readonly config: Readonly<Record<string, unknown>>
  /** Names of layers before it. */
  readonly inputs: readonly string[]
  /** In Keras's order and layout: kernels (height, width, in, out), depthwise ones (height, width, in, multiplier). */
  readonly weights: readonly Weight[]
}
export interface Weight {
  readonly shape: readonly number[]
  readonly values: Float32Array
}

const pair = z.union([
  z
    .int()
    .min(1)
    .transform((n) => [n, n]),
  z.array(z.int().min(1)).length(2),
])
const ones = z.union([z.literal(1), z.array(z.literal(1))]).optional()
const channelsLast = z.enum(["channels_last", "channelsLast"]).nullish()
const activation = z.enum(["linear", "relu", "relu6", "sigmoid", "softmax", "tanh", "hard_tanh"])
const padding = z.enum(["same", "valid"])
const noDataFormat = <T extends { data_format?: unknown; dilation_rate?: unknown; groups?: unknown }>(config: T) => {
  const { data_format: _format, dilation_rate: _dilation, groups: _groups, ...rest } = config
  return rest
}
const convolution = {
  kernel_size: pair,
  strides: pair,
  padding,
  activation,
  use_bias: z.boolean(),
  data_format: channelsLast,
  dilation_rate: ones,
}
const pooling = z.object({ pool_size: pair, strides: pair, padding, data_format: channelsLast }).transform(noDataFormat)
const nothing = z.object({})

/** Every kind of layer that models are exchanged with, its settings as Keras has them. What is not named (how weights
 *  were drawn and held in training) does not change an output and is left out. */
export const layerKinds = {
  InputLayer: z.object({ batch_shape: z.array(z.int().min(1).nullable()).min(2).max(4) }),
  Conv2D: z
    .object({ filters: z.int().min(1), ...convolution, groups: z.literal(1).optional() })
    .transform(noDataFormat),
  DepthwiseConv2D: z.object({ depth_multiplier: z.int().min(1), ...convolution }).transform(noDataFormat),
  Dense: z.object({ units: z.int().min(1), activation, use_bias: z.boolean() }),
  BatchNormalization: z.object({
    axis: z.union([z.literal(-1), z.literal(3), z.array(z.literal(3)).length(1)]).transform(() => -1),
    epsilon: z.number().min(0),
    center: z.boolean(),
    scale: z.boolean(),
  }),
  Activation: z.object({ activation }),
  ReLU: z.object({
    max_value: z.number().nullish(),
    negative_slope: z.literal(0).nullish(),
    threshold: z.literal(0).nullish(),
  }),
  MaxPooling2D: pooling,
  AveragePooling2D: pooling,
  GlobalAveragePooling2D: z
    .object({ data_format: channelsLast, keepdims: z.literal(false).optional() })
    .transform(() => ({})),
  Dropout: z.object({ rate: z.number().min(0).max(1) }),
  Flatten: z.object({ data_format: channelsLast }).transform(() => ({})),
  Rescaling: z.object({ scale: z.number(), offset: z.number() }),
  Add: nothing,
  Average: nothing,
} satisfies Record<string, z.ZodType>
export type LayerKind = keyof typeof layerKinds

/** The kind and settings of a layer that another program described.
 *  @throws AppError "interchange/layer" that names the layer, the reason and what can be exchanged */
export function layerSettings(
  name: string,
  kind: string,
  config: unknown,
): Pick<NetworkLayer, "name" | "kind" | "config"> {
  if (kind === "Lambda") {
    throw new AppError(
      "interchange/layer",
      `layer "${name}" is a Lambda: it holds a program, and no program of a file is run; put a layer of Keras in its ` +
        "place (Rescaling, Activation, …) and save again",
    )
  }
  if (!Object.hasOwn(layerKinds, kind)) {
    throw new AppError(
      "interchange/layer",
      `layer "${name}" is a ${kind}, which cannot be exchanged; known: ${Object.keys(layerKinds).join(", ")}`,
    )
  }
  const known = kind as LayerKind
  const parsed = layerKinds[known].safeParse(config)
  if (parsed.success) return { name, kind: known, config: parsed.data }
  throw new AppError(
    "interchange/layer",
    `layer "${name}" (${kind}) has settings that cannot be exchanged: ${z.prettifyError(parsed.error)}`,
  )
}
