import { createHash } from "node:crypto"
import { readdir } from "node:fs/promises"
import { join } from "node:path"
import type { Sample } from "@sourceprint/core/dataset/sample.js"
import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { readGrayImage } from "@sourceprint/core/image/read-image.js"
import { rowsPerImage } from "@sourceprint/model/input-contract.js"
import { encodeImage, rowLength } from "@sourceprint/model/view/encode-image.js"
import { livenessRidge } from "@sourceprint/train/zoo/liveness-ridge.js"
import type { LabelledRows } from "@sourceprint/train/zoo/model-entry.js"

/** The view of `experiments/presentation.yaml`. */
export const view = { region: { kind: "common-window", sidePx: 224 } } as const
export const contract = livenessRidge.plan(undefined, view).input

/** A labelled image with the rows that `liveness-ridge` sees of it. */
export interface EncodedImage {
  readonly sample: Sample
  readonly rows: Float32Array
}

/** Samples of the folders `live` and `spoof`, named `<finger>_<impression>.png`. The species is the name of a folder
 *  below `spoof` where there are such folders. @param fingers to keep; absent: all */
export async function presentedSamples(folder: string, fingers?: readonly string[]): Promise<Sample[]> {
  const samples: Sample[] = []
  for (const part of ["live", "spoof"] as const) {
    const paths = (await readdir(join(folder, part), { recursive: true })).map((path) => path.replaceAll("\\", "/"))
    for (const path of paths.sort()) {
      const found = /^(?:(.+)\/)?(\d+)_(\d+)\.(?:png|bmp|tiff?)$/.exec(path)
      if (found === null) continue
      const [, species, finger = "", impression] = found
      if (fingers !== undefined && !fingers.includes(finger)) continue
      samples.push({ ...labelled(part, finger, Number(impression), species), path: join(part, path) })
    }
  }
  return samples.sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** The labels of an image, with a path of its own. */
export function labelled(part: "live" | "spoof", finger: string, impression: number, species?: string): Sample {
  return {
    path: `${part}/${species ?? ""}/${finger}_${impression}`,
    sha256: createHash("sha256").update(`${part}/${species}/${finger}_${impression}`).digest("hex"),
    scanner: "sensor",
    scannerModel: "",
    subject: finger,
    finger: "1",
    impression,
    session: "",
    widthPx: 1,
    heightPx: 1,
    dpi: "unknown",
    bitDepth: 8,
    collection: "main",
    presentation: part === "live" ? "bona-fide" : "attack",
    ...(part === "live" || species === undefined ? {} : { species }),
  }
}

export const encodedImage = (sample: Sample, image: GrayImage): EncodedImage => ({
  sample,
  rows: encodeImage(image, contract),
})

export async function encoded(folder: string, samples: readonly Sample[]): Promise<EncodedImage[]> {
  const images: EncodedImage[] = []
  for (const sample of samples) images.push(encodedImage(sample, await readGrayImage(join(folder, sample.path))))
  return images
}

export const labelOf = ({ sample }: EncodedImage): 0 | 1 => (sample.presentation === "bona-fide" ? 1 : 0)

/** The rows of images one after another. */
export function rowsOf(images: readonly EncodedImage[]): LabelledRows {
  const perImage = rowsPerImage(contract)
  const rows = new Float32Array(images.length * perImage * rowLength(contract))
  const labels = new Uint8Array(images.length * perImage)
  for (const [i, image] of images.entries()) {
    rows.set(image.rows, i * image.rows.length)
    labels.fill(labelOf(image), i * perImage, (i + 1) * perImage)
  }
  return { rows, rowLength: rowLength(contract), labels, sources: Uint16Array.from(labels) }
}
