import { defined } from "@sourceprint/core/defined.js"
import type { Rng } from "@sourceprint/core/rng.js"
import type { TrainingConfig } from "./experiment-config.js"

/** One training row: a patch of an image. */
export interface Unit {
  /** Index into the training images. */
  readonly image: number
  /** 0 … rowsPerImage - 1; with random places, only a number. */
  readonly patch: number
}

/** What the order needs to know of each training image. */
export interface ImageClass {
  /** 1: the target scanner. */
  readonly label: number
  readonly scanner: string
}

/** `count` indexes of the others, as evenly over their scanners as they last, each image at most once a round. */
function evenly(others: readonly number[], images: readonly ImageClass[], count: number, rng: Rng): number[] {
  const byScanner = new Map<string, number[]>()
  for (const index of rng.shuffled(others)) {
    const { scanner } = defined(images[index], "image")
    byScanner.set(scanner, [...(byScanner.get(scanner) ?? []), index])
  }
  const piles = rng.shuffled([...byScanner.keys()].sort()).map((scanner) => byScanner.get(scanner) ?? [])
  const taken: number[] = []
  for (let round = 0; taken.length < count && round < others.length; round++) {
    taken.push(...piles.flatMap((pile) => pile[round] ?? []).slice(0, count - taken.length))
  }
  return taken
}

/** `list` repeated to `count`, every round shuffled again. */
function repeated(list: readonly number[], count: number, rng: Rng): number[] {
  const out: number[] = []
  while (out.length < count) out.push(...rng.shuffled(list))
  return out.slice(0, count)
}

/** The rows of one epoch in order. Depends on nothing but its arguments, so a resumed epoch is the same epoch. */
export function epochOrder(
  images: readonly ImageClass[],
  patchesPerImage: number,
  balance: TrainingConfig["balance"],
  rng: Rng,
): Unit[] {
  const indexes = [...images.keys()]
  const target = indexes.filter((i) => images[i]?.label === 1)
  const others = indexes.filter((i) => images[i]?.label === 0)
  const more = Math.max(target.length, others.length)
  const chosen =
    balance === "oversample"
      ? [...repeated(target, more, rng), ...repeated(others, more, rng)]
      : balance === "undersample"
        ? [...target, ...evenly(others, images, Math.max(1, target.length), rng)]
        : indexes
  return rng.shuffled(
    chosen.flatMap((image) => Array.from({ length: patchesPerImage }, (_, patch) => ({ image, patch }))),
  )
}

/** Weight of a row of each class in the loss, [others, target]; mean 1 over the rows as they are. */
export function classWeights(
  images: readonly ImageClass[],
  balance: TrainingConfig["balance"],
): readonly [number, number] {
  if (balance !== "class-weight") return [1, 1]
  const target = images.filter(({ label }) => label === 1).length
  const others = images.length - target
  return [images.length / (2 * Math.max(1, others)), images.length / (2 * Math.max(1, target))]
}
