import type { Perturbation } from "@sourceprint/core/image/perturbation.js"
import type { Rng } from "@sourceprint/core/rng.js"

/** A way in which an image is handled between sensor and judge, of drawn strength. */
export interface Handling {
  readonly name: string
  draw(rng: Rng): readonly Perturbation[]
}

/** What a model is trained on that shall withstand handling, forgeries of grey levels last. The ranges are wider than
 *  what passes for normal and hold the common cases; within one the images of a scanner shall still be alike. */
export const handlings: readonly Handling[] = [
  { name: "jpeg", draw: (rng) => [{ kind: "jpeg", quality: Math.round(rng.between(60, 99)) }] },
  { name: "shrunk", draw: (rng) => [{ kind: "rescale", factor: rng.between(0.82, 0.97) }] },
  { name: "enlarged", draw: (rng) => [{ kind: "rescale", factor: rng.between(1.03, 1.2) }] },
  { name: "halved", draw: (rng) => [{ kind: "rescale-back", factor: rng.between(0.47, 0.53) }] },
  // By exactly a half every pixel is the mean of the same four: features lie apart from those of any other factor.
  { name: "half size", draw: () => [{ kind: "rescale-back", factor: 0.5 }] },
  { name: "shrunk and back", draw: (rng) => [{ kind: "rescale-back", factor: rng.between(0.55, 0.8) }] },
  { name: "turned", draw: (rng) => [{ kind: "rotate", degrees: rng.between(-8, 8) }] },
  { name: "noisy", draw: (rng) => [{ kind: "noise", sigma: rng.between(0.7, 4) }] },
  { name: "16 levels", draw: () => [{ kind: "levels", bits: 4 }] },
  { name: "fewer levels", draw: (rng) => [{ kind: "levels", bits: rng.pick([3, 5, 6]) }] },
  { name: "equalised", draw: () => [{ kind: "equalise" }] },
  { name: "brightness", draw: (rng) => [{ kind: "brightness", add: rng.between(-25, 25) }] },
  { name: "gamma", draw: (rng) => [{ kind: "gamma", gamma: rng.between(0.7, 1.4) }] },
  { name: "forged", draw: () => [{ kind: "match-grey-levels" }] },
]
