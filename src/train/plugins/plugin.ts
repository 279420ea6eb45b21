import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import type { Rng } from "@sourceprint/core/rng.js"
import type { Section } from "@sourceprint/report/document.js"
import { z } from "zod"
import type { ModelEntry } from "../zoo/model-entry.js"

/** A plug-in file and the SHA-256 of its bytes (hexadecimal): which code a run trained with. */
export const PluginRef = z.strictObject({
  /** From where the command runs. */
  file: z.string().min(1),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, "is not 64 hexadecimal digits"),
})
export type PluginRef = z.infer<typeof PluginRef>

/** A change of training patches, before they are encoded. It must leave the scanner's traces alone. */
export interface AugmentationEntry {
  readonly id: string
  /** One sentence. */
  readonly summary: string
  /** Strict; every key has a default. */
  readonly settings: z.ZodType
  /** A patch of the same size. All randomness comes from `rng`: the same state gives the same patch.
   *  @param settings parsed by `settings` */
  change(patch: GrayImage, settings: unknown, rng: Rng): GrayImage
}

/** The scores of one trained model on the images of one side. */
export interface JudgedImages {
  /** Probability of the target scanner, an image each. */
  readonly scores: Float64Array
  /** 1: the target scanner took it. */
  readonly labels: Uint8Array
  /** The scanner that took each image. */
  readonly scanners: readonly string[]
  /** The finger of each image. */
  readonly groups: readonly string[]
  /** Chosen on dev; a score of at least this accepts. */
  readonly threshold: number
}

/** A figure of a trained model beside those that every run has. */
export interface MetricEntry {
  readonly id: string
  readonly summary: string
  /** A finite number. Both answers occur in `judged`. */
  measure(judged: JudgedImages): number
}

/** What a plug-in file exports as default. */
export interface Plugin {
  readonly name: string
  readonly version?: string | undefined
  readonly models?: readonly ModelEntry[] | undefined
  readonly augmentations?: readonly AugmentationEntry[] | undefined
  readonly metrics?: readonly MetricEntry[] | undefined
  /** Parts of a run's page; see `definePlugin` for what they are given. */
  readonly sections?: readonly PluginSection[] | undefined
}

/** Parameter: a LoadedRun, which `definePlugin` checks (its type would close a circle of imports here). */
export type PluginSection = (run: never) => Section | undefined | Promise<Section | undefined>

const id = z.string().regex(/^[a-z0-9][a-z0-9-]*$/, "is not lower-case letters, digits and dashes")
const callable = z.custom<(...args: never[]) => unknown>((value) => typeof value === "function", "is not a function")
const schema = z.custom<z.ZodType>(
  (value) => typeof (value as z.ZodType | undefined)?.safeParse === "function",
  "is not a zod schema",
)
const described = { id, summary: z.string().min(1) }

/** What can be seen of a plug-in without running it. */
export const pluginShape = z.strictObject({
  name: z.string().min(1),
  version: z.string().min(1).optional(),
  models: z.array(z.object({ ...described, settings: schema, plan: callable })).optional(),
  augmentations: z.array(z.object({ ...described, settings: schema, change: callable })).optional(),
  metrics: z.array(z.object({ ...described, measure: callable })).optional(),
  sections: z.array(callable).optional(),
})
