/** `npm run bench -- capture-quality`: the measures of the gate at capture on real images (FVC2000 to choose limits,
 *  FVC2002 to check them) and on the same images spoiled in the way each measure is meant to find. */
import { readdir } from "node:fs/promises"
import { join } from "node:path"
import { type CaptureQuality, measureQuality } from "@sourceprint/capture/quality/measure-quality.js"
import { QualityLimits } from "@sourceprint/capture/quality/parameters.js"
import { qualityReasons } from "@sourceprint/capture/quality/quality-gate.js"
import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { readGrayImage } from "@sourceprint/core/image/read-image.js"
import { sharedData } from "../test/support/shared-data.js"
import { spoilers } from "../test/support/spoiled-touch.js"

const measures = ["coverage", "contrast", "sharpness", "saturation", "movement"] as const

const imagesOf = async (folder: string): Promise<GrayImage[]> => {
  const path = sharedData(folder)
  if (path === undefined) return []
  const names = (await readdir(path)).filter((name) => name.endsWith(".tif")).sort()
  return Promise.all(names.map((name) => readGrayImage(join(path, name))))
}

const quantiles = (values: readonly number[]): string => {
  const sorted = [...values].sort((a, b) => a - b)
  return [0, 0.05, 0.5, 0.95, 1].map((q) => sorted[Math.round(q * (sorted.length - 1))].toFixed(2)).join(" ")
}

function show(name: string, all: readonly CaptureQuality[]): void {
  const limits = QualityLimits.parse({})
  const refused = all.filter((quality) => qualityReasons(quality, limits).length > 0).length
  const by = measures.map((measure) => {
    const count = all.filter((q) => qualityReasons(q, limits).some((reason) => reason.measure === measure)).length
    return `${measure} ${quantiles(all.map((q) => q[measure]))} (${count})`
  })
  console.log(`${name}: ${refused} of ${all.length} refused · ${by.join(" · ")}`)
}

export async function run(): Promise<void> {
  console.log("measure: minimum, 5 %, median, 95 %, maximum (refused for it)")
  for (const year of ["fvc2000", "fvc2002"]) {
    for (const database of ["DB1_B", "DB2_B", "DB3_B"]) {
      const images = await imagesOf(`${year}/${database}`)
      if (images.length === 0) continue
      show(
        `${year} ${database}`,
        images.map((image) => measureQuality(image)),
      )
      for (const [name, spoil] of spoilers) {
        show(
          `  ${name}`,
          images.filter((_, i) => i % 4 === 0).map((image) => measureQuality(spoil(image))),
        )
      }
    }
  }
}
