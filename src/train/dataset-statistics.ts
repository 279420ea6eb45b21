import { join } from "node:path"
import type { Sample } from "@sourceprint/core/dataset/sample.js"
import { defined } from "@sourceprint/core/defined.js"
import { messageOf } from "@sourceprint/core/errors.js"
import { imageStatistics } from "@sourceprint/core/image/image-statistics.js"
import { readGrayImage } from "@sourceprint/core/image/read-image.js"
import { noProgress, type Progress } from "@sourceprint/core/progress.js"

export type StatisticsKey = "scanner" | "subject" | "session" | "collection"

export interface StatisticsTable {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly (string | number)[])[]
  /** Why an image could not be read, one text each. */
  readonly unreadable: readonly string[]
}

const measures = ["meanGray", "contrast", "coverage", "sharpness", "saturation", "grayLevels"] as const

/** One row a group: number of images, then the group's mean of each image statistic. Unreadable images count but are
 *  left out of the means; a group without a readable image has no row. Uses a danfojs data frame for grouping. */
export async function datasetStatistics(
  folder: string,
  samples: readonly Sample[],
  by: StatisticsKey,
  progress: Progress = noProgress,
): Promise<StatisticsTable> {
  const { DataFrame } = await import("danfojs")
  const rows: Record<string, string | number>[] = []
  const unreadable: string[] = []
  progress.start(samples.length, "images")
  for (const [index, sample] of samples.entries()) {
    try {
      const image = await readGrayImage(join(folder, sample.path))
      rows.push({ group: sample[by] || "(none)", ...imageStatistics(image) })
    } catch (error) {
      unreadable.push(messageOf(error))
    }
    progress.update(index + 1)
  }
  progress.stop()
  if (rows.length === 0) return { columns: [by, "images", ...measures], rows: [], unreadable }
  const frame = new DataFrame(rows)
  const means = frame
    .groupby(["group"])
    .col([...measures])
    .mean()
  const values = means.values as (string | number)[][]
  const order = means.columns as string[]
  return {
    columns: [by, "images", ...measures],
    unreadable,
    rows: values.map((row) => {
      const cell = (column: string): string | number => defined(row[order.indexOf(column)], column)
      const group = cell("group")
      const images = samples.filter((s) => (s[by] || "(none)") === group).length
      return [group, images, ...measures.map((m) => cell(`${m}_mean`))]
    }),
  }
}
