import { join } from "node:path"
import { AppError } from "@sourceprint/core/errors.js"
import type { PlanRecord } from "@sourceprint/train/plan.js"
import { listRuns } from "@sourceprint/train/run-folder.js"
import { readRunJson, runFile } from "@sourceprint/train/run-record.js"
import { planFile } from "@sourceprint/train/run-schemas.js"

/** Folder and plan of a run by its name. @throws AppError "run/unknown" naming those there are */
export async function runOf(runs: string, run: string): Promise<{ folder: string; plan: PlanRecord }> {
  const folder = join(runs, run)
  const plan = /[/\\]/.test(run) ? undefined : await readRunJson(runFile(folder, "plan"), planFile)
  if (plan !== undefined) return { folder, plan }
  const known = (await listRuns(runs)).runs.map(({ name }) => name).join(", ")
  throw new AppError("run/unknown", `${runs} has no run "${run}"; it has ${known || "none"}`)
}
