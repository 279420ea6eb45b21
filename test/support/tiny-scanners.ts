import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { importDataset } from "@sourceprint/core/dataset/import/import-dataset.js"
import { encodeBmp } from "@sourceprint/core/image/bmp.js"
import { type GrayImage, grayImage } from "@sourceprint/core/image/gray-image.js"
import { Rng } from "@sourceprint/core/rng.js"

/** Stripes of a finger seen by a scanner that has its own grain and its own row noise: generated, easy on purpose, and
 *  only good for testing the machinery. */
function press(scanner: number, finger: string, impression: number, sidePx: number): GrayImage {
  const image = grayImage(sidePx, sidePx)
  const own = new Rng(`finger ${finger}`)
  const [angle, period] = [own.between(0, Math.PI), own.between(7, 9)]
  const noise = new Rng(`${scanner}/${finger}/${impression}`)
  const phase = noise.between(0, period)
  for (let y = 0; y < sidePx; y++) {
    const row = scanner % 2 === 0 ? 25 * noise.normal() : 0
    for (let x = 0; x < sidePx; x++) {
      const ridge = Math.sin((2 * Math.PI * (x * Math.cos(angle) + y * Math.sin(angle) + phase)) / period)
      const grain = (4 + 20 * (scanner >> 1)) * noise.normal()
      image.pixels[y * sidePx + x] = Math.max(0, Math.min(255, 128 + 70 * ridge + row + grain))
    }
  }
  return image
}

export interface TinyScanners {
  /** Holds the dataset, and room for runs. */
  readonly folder: string
  readonly dataset: string
  /** Every scanner has `fingers` fingers of its own, 2 impressions each, 48 × 48 px unless told. */
  remove(): Promise<void>
}

/** A dataset of generated images in a temporary folder. */
export async function tinyScanners(size: {
  scanners: number
  fingers: number
  sidePx?: number
}): Promise<TinyScanners> {
  const folder = await mkdtemp(join(tmpdir(), "tiny-scanners-"))
  for (let scanner = 0; scanner < size.scanners; scanner++) {
    await mkdir(join(folder, "images", `s${scanner}`), { recursive: true })
    for (let finger = 0; finger < size.fingers; finger++) {
      for (const impression of [1, 2]) {
        const image = press(scanner, `${scanner}-${finger}`, impression, size.sidePx ?? 48)
        const name = `p${scanner}${finger}_1_${impression}.bmp`
        await writeFile(join(folder, "images", `s${scanner}`, name), encodeBmp(image))
      }
    }
  }
  const dataset = join(folder, "data")
  await importDataset({
    from: join(folder, "images"),
    into: dataset,
    layout: "{scanner}/{subject}_{finger}_{impression}.bmp",
  })
  return { folder, dataset, remove: () => rm(folder, { recursive: true, force: true }) }
}

/** An experiment on it that trains in a second: YAML, to which lines may be added. */
export const tinyExperiment = (dataset: string, more = ""): string => `name: tiny
dataset: { folder: ${JSON.stringify(dataset)} }
tasks: { kind: one-vs-all, targets: [s0] }
split: { by: finger, seed: 1, folds: 3 }
view: { region: { kind: common-window, sidePx: 32 }, patches: { sidePx: 32, grid: 1 } }
models:
  - id: small-cnn
    settings: { filters: [4, 4] }
training: { epochs: 3, batchSize: 4, patience: 3 }
engine: wasm
run: { workers: 2, checkpointEverySeconds: 0 }
${more}`
