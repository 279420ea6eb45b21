import { z } from "zod"

/** What a source-scanner model is fed, as data: the same contract drives training and prediction, and the model card
 *  carries it. It may name no database, size or sensor. */

/** The part of the image that the model may know of.
 *  - `whole-frame`: the image resampled to the given size. Geometry and border reach the model: only to reproduce.
 *  - `common-window`: a square of `sidePx` around the print's ridges, never resampled; image size is gone.
 *  - `sensor-window`: the square of `sidePx` in the middle of the frame, never resampled: the same sensor pixels in
 *    every image, for noise patterns that only line up pixel by pixel. */
export const Region = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("whole-frame"),
    widthPx: z.int().min(16).max(1024),
    heightPx: z.int().min(16).max(1024),
  }),
  z.strictObject({ kind: z.literal("common-window"), sidePx: z.int().min(32).max(512) }),
  z.strictObject({ kind: z.literal("sensor-window"), sidePx: z.int().min(32).max(512) }),
])
export type Region = z.infer<typeof Region>

/** `grid` × `grid` squares of `sidePx`, spread evenly over the region (grid 1: the centre). */
export const PatchGrid = z.strictObject({
  sidePx: z.int().min(16).max(512),
  grid: z.int().min(1).max(6),
})
export type PatchGrid = z.infer<typeof PatchGrid>

/** How a patch becomes numbers.
 *  - `pixels`: (height, width, channels); `raw` 0..255, `unit` 0..1, `signed` -1..1, `standardised` mean 0, deviation 1
 *  - `texture-v1`: the feature vector of `features/texture-v1.ts`
 *  - `texture-v2`: that and local phase, `features/texture-v2.ts`
 *  - `residual-v1`: what denoising takes away, (height, width, 1) grey levels; `residual-spectrum-v1`: the logarithm
 *    of its power spectrum, wherever the window lies. Both of `features/denoising-residual.ts`
 *  - `level-transitions-v1`: how the 16 levels of a small scanner follow each other, `features/level-transitions.ts` */
export const Encoding = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("pixels"),
    channels: z.union([z.literal(1), z.literal(3)]),
    scaling: z.enum(["raw", "unit", "signed", "standardised"]),
  }),
  z.strictObject({ kind: z.literal("texture-v1") }),
  z.strictObject({ kind: z.literal("texture-v2") }),
  z.strictObject({ kind: z.literal("residual-v1") }),
  z.strictObject({ kind: z.literal("residual-spectrum-v1") }),
  z.strictObject({ kind: z.literal("level-transitions-v1") }),
])
export type Encoding = z.infer<typeof Encoding>

/** How the patch probabilities of one image become one: mean of log-odds, mean of probabilities, or median. */
export const Vote = z.enum(["mean-log-odds", "mean", "median"])
export type Vote = z.infer<typeof Vote>

/** Width and height of the region, pixels. */
export const regionSize = (region: Region): { widthPx: number; heightPx: number } =>
  region.kind === "whole-frame"
    ? { widthPx: region.widthPx, heightPx: region.heightPx }
    : { widthPx: region.sidePx, heightPx: region.sidePx }

const patchesFit = ({ region, patches }: { region: Region; patches?: PatchGrid | undefined }): boolean => {
  const { widthPx, heightPx } = regionSize(region)
  return patches === undefined || patches.sidePx <= Math.min(widthPx, heightPx)
}
const tooLarge = {
  message: "patches.sidePx is larger than the region: make the patch smaller or the window larger",
}

/** What an experiment lets its models see. Without `patches` and `vote` each model takes its own. */
export const ViewConfig = z
  .strictObject({ region: Region, patches: PatchGrid.optional(), vote: Vote.optional() })
  .refine(patchesFit, tooLarge)
export type ViewConfig = z.infer<typeof ViewConfig>

export const InputContract = z
  .strictObject({
    region: Region,
    /** Absent: the whole region is the one patch. */
    patches: PatchGrid.optional(),
    encoding: Encoding,
    vote: Vote,
  })
  .refine(patchesFit, tooLarge)
export type InputContract = z.infer<typeof InputContract>

/** Rows that one image gives: one a patch. */
export const rowsPerImage = ({ patches }: InputContract): number => (patches ? patches.grid ** 2 : 1)

/** Width and height of one patch, pixels. */
export function patchSize({ region, patches }: InputContract): { widthPx: number; heightPx: number } {
  return patches ? { widthPx: patches.sidePx, heightPx: patches.sidePx } : regionSize(region)
}
