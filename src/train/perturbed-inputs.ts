import { join } from "node:path"
import type { Sample } from "@sourceprint/core/dataset/sample.js"
import { splitSamples } from "@sourceprint/core/dataset/splits.js"
import { isForgery, type Perturbation, perturbationName, perturbed } from "@sourceprint/core/image/perturbation.js"
import { readGrayImage } from "@sourceprint/core/image/read-image.js"
import { Rng } from "@sourceprint/core/rng.js"
import type { ImageSource } from "./input-pipeline.js"
import type { JobSpec } from "./plan.js"

/** Eval images after the steps of a chain; a forgery, which is made for a target, of other scanners' images only. */
export interface PerturbedSet {
  readonly name: string
  readonly isForgery: boolean
  readonly samples: readonly Sample[]
  readonly source: ImageSource
}

/** The sets that a job asks for. Jobs of one split share them (and those of one target the forgeries): each image is on
 *  some fold's eval side, and its noise follows from its path. */
export function perturbedSets(
  selected: readonly Sample[],
  { perturb = [], configuration: { split }, task, dataset }: JobSpec,
): PerturbedSet[] {
  if (perturb.length === 0) return []
  const judged = new Set(splitSamples(selected, split).flatMap((sides) => sides.eval))
  return perturb.map((chain) => {
    const forged = isForgery(chain)
    const samples = selected.filter((sample) => judged.has(sample) && !(forged && sample.scanner === task.target))
    const references = forged ? selected.filter(({ scanner }) => scanner === task.target) : []
    return {
      name: perturbationName(chain),
      isForgery: forged,
      samples,
      source: {
        key: JSON.stringify([chain, split, forged ? task.target : ""]),
        image: (sample) => perturbedImage(dataset.folder, sample, chain, references),
      },
    }
  })
}

async function perturbedImage(
  folder: string,
  { path }: Sample,
  chain: readonly Perturbation[],
  references: readonly Sample[],
) {
  const rng = new Rng("perturbation").fork(`${path}/${perturbationName(chain)}`)
  const reference = references.length === 0 ? undefined : await readGrayImage(join(folder, rng.pick(references).path))
  return await perturbed(await readGrayImage(join(folder, path)), chain, rng, reference)
}
