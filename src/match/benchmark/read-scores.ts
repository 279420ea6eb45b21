import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { AppError } from "@sourceprint/core/errors.js"
import { parseJson, readJson } from "@sourceprint/core/files/read-json.js"
import { parse } from "csv-parse/sync"
import { z } from "zod"
import { costFileOf, type SetScores, templatesFileOf } from "./score-file.js"

/** What `writeScoreFile` left, or undefined where it did not get to its end. */
export async function readScoreFile(path: string, matcher: string, set: string): Promise<SetScores | undefined> {
  const refusal = { code: "benchmark/damaged", cure: "delete it and run the benchmark again" }
  const cost = await readJson(costFileOf(path), z.object({ compareCpuMs: z.number() }), refusal)
  if (cost === undefined) return undefined
  const templates = await tableOf<TemplateColumn>(templatesFileOf(path))
  const place = new Map(templates.map((row, i) => [row.id, i]))
  const rows = await tableOf<"reference" | "probe" | "genuine" | "score">(path)
  return {
    matcher,
    set,
    templates: templates.map((row) => ({
      id: row.id,
      identity: row.identity,
      role: row.role === "probe" ? "probe" : "reference",
      images: parseJson(row.images, z.array(z.string()), `${templatesFileOf(path)}, ${row.id}`, refusal),
      failure: row.failure === "" ? null : row.failure,
      quality: Number(row.quality),
      cpuMs: Number(row.cpuMs),
    })),
    comparisons: rows.map((row) => ({
      reference: place.get(row.reference) ?? -1,
      probe: place.get(row.probe) ?? -1,
      genuine: row.genuine === "1",
      score: Number(row.score),
    })),
    compareCpuMs: cost.compareCpuMs,
  }
}

/** All scores of one matcher in a finished benchmark's folder. @throws AppError "benchmark/no-scores" */
export async function readScores(runFolder: string, matcher: string): Promise<SetScores[]> {
  const folder = join(runFolder, "scores")
  const files = await readdir(folder).catch(() => [] as string[])
  const sets: SetScores[] = []
  for (const file of files.sort()) {
    if (!file.startsWith(`${matcher}-`) || !file.endsWith(".csv") || file.endsWith("-templates.csv")) continue
    const set = decodeURIComponent(file.slice(matcher.length + 1, -4))
    const scores = await readScoreFile(join(folder, file), matcher, set)
    if (scores !== undefined) sets.push(scores)
  }
  if (sets.length === 0) {
    throw new AppError(
      "benchmark/no-scores",
      `${runFolder} has no scores of ${matcher}; run "sourceprint match benchmark" to its end first`,
    )
  }
  return sets
}

type TemplateColumn = "id" | "identity" | "role" | "images" | "failure" | "quality" | "cpuMs"

const tableOf = async <Column extends string>(path: string): Promise<Record<Column, string>[]> =>
  parse(await readFile(path, "utf8"), { columns: true })
