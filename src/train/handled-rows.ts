import { join } from "node:path"
import type { Sample } from "@sourceprint/core/dataset/sample.js"
import { splitSamples } from "@sourceprint/core/dataset/splits.js"
import { isForgery, perturbed } from "@sourceprint/core/image/perturbation.js"
import { readGrayImage } from "@sourceprint/core/image/read-image.js"
import { Rng } from "@sourceprint/core/rng.js"
import type { Handling } from "./augment/handlings.js"
import { type ImageInputs, type ImageSource, openInputs, prepareInputs } from "./input-pipeline.js"
import type { JobSamples, LabelledSample } from "./job-samples.js"
import type { JobSpec } from "./plan.js"
import { allRows } from "./training-rows.js"
import type { LabelledRows, ModelPlan } from "./zoo/model-entry.js"

/** Rows of a side, as taken and then once after each of the model's handlings. Jobs of one split share the handled
 *  images, forged ones where they know the same scanners: a forgery has the grey levels of a training image of another
 *  scanner of the job. Forged images of the target teach nothing and are left out. */
export async function rowsWithHandled(
  inputsFolder: string,
  selected: readonly Sample[],
  spec: JobSpec,
  samples: JobSamples,
  side: "train" | "dev",
  plan: ModelPlan,
  asTaken: ImageInputs,
  scanners: readonly string[],
): Promise<LabelledRows> {
  const parts = [allRows(asTaken, samples[side], plan, scanners)]
  const handled = handledImages(selected, spec)
  const place = new Map(handled.map(({ path }, index) => [path, index]))
  for (const handling of plan.handlings ?? []) {
    const source = sourceOf(handling, spec, samples)
    await prepareInputs(inputsFolder, source, handled, [plan.input])
    const own = samples[side].filter(({ label }) => label === 0 || !forges(handling))
    const indexes = own.map(({ sample }) => place.get(sample.path) ?? -1)
    parts.push(allRows(await openInputs(inputsFolder, plan.input, indexes, source.key), own, plan, scanners))
  }
  return joined(parts)
}

const forges = (handling: Handling): boolean => isForgery(handling.draw(new Rng("kind")))

/** Whatever some fold trains on or takes for dev. */
function handledImages(selected: readonly Sample[], { configuration: { split } }: JobSpec): readonly Sample[] {
  const used = new Set(splitSamples(selected, split).flatMap(({ train, dev }) => [...train, ...dev]))
  return selected.filter((sample) => used.has(sample))
}

function sourceOf(handling: Handling, spec: JobSpec, { train }: JobSamples): ImageSource {
  const { dataset, fold, configuration } = spec
  const models = [...train].sort((a, b) => (a.sample.path < b.sample.path ? -1 : 1))
  const known = forges(handling) ? [fold, models.map(({ sample }) => sample.path)] : []
  return {
    key: JSON.stringify(["handled", handling.name, configuration.split, ...known]),
    async image(sample) {
      const rng = new Rng("handled").fork(`${sample.path}/${handling.name}`)
      const reference = forges(handling) ? pickReference(models, sample.scanner, rng) : undefined
      const like = reference === undefined ? undefined : await readGrayImage(join(dataset.folder, reference.path))
      return await perturbed(await readGrayImage(join(dataset.folder, sample.path)), handling.draw(rng), rng, like)
    },
  }
}

/** A training image of another scanner, each scanner being as likely. */
function pickReference(models: readonly LabelledSample[], scanner: string, rng: Rng): Sample {
  const others = models.filter(({ source }) => source !== scanner)
  const target = rng.pick([...new Set(others.map(({ source }) => source))].sort())
  return rng.pick(others.filter(({ source }) => source === target)).sample
}

function joined(parts: readonly LabelledRows[]): LabelledRows {
  const rowLength = parts[0]?.rowLength ?? 0
  const count = parts.reduce((sum, { labels }) => sum + labels.length, 0)
  const all = {
    rows: new Float32Array(count * rowLength),
    rowLength,
    labels: new Uint8Array(count),
    sources: new Uint16Array(count),
    parts: new Uint8Array(count),
    handlings: new Uint8Array(count),
  }
  let at = 0
  for (const [handling, { rows, labels, sources, parts: fingers = labels }] of parts.entries()) {
    all.rows.set(rows, at * rowLength)
    all.labels.set(labels, at)
    all.sources.set(sources, at)
    all.parts.set(fingers, at)
    all.handlings.fill(handling, at, at + labels.length)
    at += labels.length
  }
  return all
}
