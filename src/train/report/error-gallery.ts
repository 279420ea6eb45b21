import { join } from "node:path"
import { defined } from "@sourceprint/core/defined.js"
import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { readGrayImage } from "@sourceprint/core/image/read-image.js"
import { noProgress, type Progress } from "@sourceprint/core/progress.js"
import { selectEngine } from "@sourceprint/engine/select-engine.js"
import { type InputContract, rowsPerImage } from "@sourceprint/model/input-contract.js"
import { encodeRegion } from "@sourceprint/model/view/encode-image.js"
import { regionOf } from "@sourceprint/model/view/patches.js"
import { votes } from "@sourceprint/model/view/vote.js"
import type { GalleryItem } from "@sourceprint/report/blocks/gallery.js"
import type { Section } from "@sourceprint/report/document.js"
import { heatLayer } from "@sourceprint/report/heat-layer.js"
import { imageUri } from "@sourceprint/report/image-uri.js"
import { formatNumber } from "@sourceprint/report/quantity.js"
import { occlusionMap } from "../heat-map.js"
import type { TfModule } from "../zoo/model-entry.js"
import { type JobModel, loadJobModel } from "./load-job-model.js"
import { jobsOf, type LoadedRun } from "./load-run.js"
import { type JudgedImage, worstDecisions } from "./worst-errors.js"

/** A heat map is drawn in at least this many pixels, so that a small window does not look coarse. */
const LAYER_SIDE_PX = 128

export interface GalleryOptions {
  /** how many decisions to show; 0 leaves the images out */
  readonly count: number
  readonly progress?: Progress
}

/** The winner's surest errors as images, with what the model saw and where it looked. Nothing here can stop a report:
 *  where the images or the models are gone, the section says so. */
export async function errorSection(run: LoadedRun, { count, progress = noProgress }: GalleryOptions): Promise<Section> {
  const jobs = jobsOf(run, run.metrics.winner.arm)
  const label = run.metrics.arms.find(({ arm: configuration }) => configuration === run.metrics.winner.arm)?.label ?? ""
  const judged = worstDecisions(jobs, count)
  const errors = jobs.reduce((sum, { metrics }) => sum + metrics.eval.fmr.errors + metrics.eval.fnmr.errors, 0)
  const decisions = jobs.reduce((sum, { metrics }) => sum + metrics.eval.fmr.trials + metrics.eval.fnmr.trials, 0)
  const counts = `${formatNumber(errors, "count")} of ${formatNumber(decisions, "count")}`
  const lead = `${label} is wrong in ${counts} decisions on eval. ${
    errors < judged.length
      ? "After the errors come the right decisions that were nearest to the threshold."
      : "The surest errors come first."
  }`
  const items: GalleryItem[] = []
  const problems: string[] = []
  const { tf } = await selectEngine(run.environment.engine.name === "native" ? "auto" : "wasm")
  const models = new Map<string, JobModel>()
  progress.start(judged.length, "heat maps")
  for (const [done, one] of judged.entries()) {
    progress.update(done, one.row.path)
    try {
      items.push(await galleryItem(run, one, tf, models))
    } catch (error) {
      problems.push(`${one.row.path}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  progress.stop()
  for (const model of models.values()) model.dispose()
  return {
    kind: "section",
    title: "Worst errors",
    lead,
    blocks: [
      ...(items.length === 0
        ? []
        : [
            {
              kind: "gallery" as const,
              title: "What the model saw, and where it looked",
              items,
              note:
                "Heat map by occlusion: a grey square covers each place in turn. Orange: what lay there " +
                "spoke for the target scanner; blue: against it; full strength is each image's own largest " +
                "effect.",
            },
          ]),
      ...(problems.length === 0
        ? []
        : [
            {
              kind: "banner" as const,
              tone: "note" as const,
              title: `${problems.length} images are not shown`,
              text: problems[0] ?? "",
            },
          ]),
    ],
  }
}

async function galleryItem(
  run: LoadedRun,
  { job, row, threshold, isError }: JudgedImage,
  tf: TfModule,
  models: Map<string, JobModel>,
): Promise<GalleryItem> {
  const image = await readGrayImage(join(run.config.dataset.folder, row.path))
  const { input } = job.metrics.model
  const region = regionOf(image, input.region)
  const known = models.get(job.metrics.cell)
  const configuration = defined(
    run.plan.arms.find(({ id }) => id === job.metrics.arm),
    "configuration",
  )
  const model = known ?? (await loadJobModel(tf, run.folder, job.metrics, configuration))
  models.set(job.metrics.cell, model)
  const map = occlusionMap(region, (seen) => probabilityOf(model, seen, input))
  const scale = Math.max(1, Math.ceil(LAYER_SIDE_PX / Math.max(region.width, region.height)))
  const overlay = {
    name: "heat map",
    image: await heatLayer(map, region.width * scale, region.height * scale),
  }
  const target = run.plan.tasks.find(({ id }) => id === job.metrics.task)?.target ?? job.metrics.task
  const decision = row.score >= threshold ? `is ${target}` : `is not ${target}`
  return {
    title: shortPath(row.path),
    tone: isError ? "error" : "plain",
    panels: [
      { label: `whole image, ${image.width} × ${image.height} px`, image: await imageUri(image) },
      {
        label: `seen by the model, ${region.width} × ${region.height} px`,
        image: await imageUri(region),
        overlays: [overlay],
      },
    ],
    facts: [
      ["taken by", row.scanner],
      ["decision", `${decision}${isError ? ", wrong" : ", right"}`],
      ["probability", formatNumber(row.score, "rate")],
      ["threshold", formatNumber(threshold, "rate")],
    ],
  }
}

/** The end of a path, enough to find the image: "fvc2002/DB1_B/103_6.tif". */
const shortPath = (path: string): string => path.split("/").slice(-3).join("/")

function probabilityOf(model: JobModel, region: GrayImage, input: InputContract): number {
  return defined(votes(model.predict(encodeRegion(region, input)), rowsPerImage(input), input.vote)[0])
}
