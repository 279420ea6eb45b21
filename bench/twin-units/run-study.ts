import { mkdtemp, readFile, rm } from "node:fs/promises"
import { availableParallelism, tmpdir } from "node:os"
import { join } from "node:path"
import { AppError } from "@sourceprint/core/errors.js"
import { localLauncher } from "@sourceprint/core/launch/local-launcher.js"
import type { StudyJob } from "./study-job.js"
import type { StudyPlan, UnitScores } from "./study-plan.js"

/** All score tables of the study, strengths dealt out over the cores. */
export async function runStudy(plan: StudyPlan, logLine: (text: string) => void): Promise<UnitScores[]> {
  const folder = await mkdtemp(join(tmpdir(), "twin-units-"))
  try {
    const lanes = Math.min(availableParallelism(), plan.strengths.length)
    const jobs = Array.from({ length: lanes }, (_, lane) => ({
      id: `lane ${lane + 1}`,
      payload: {
        plan,
        strengths: plan.strengths.filter((_strength, i) => i % lanes === lane),
        resultPath: join(folder, `${lane}.json`),
      } satisfies StudyJob,
    }))
    const failures: string[] = []
    let lastPercent = -1
    await localLauncher({ memoryMbPerWorker: 2500, crashRetries: 0 }).launch({
      jobs,
      moduleUrl: new URL("./study-job.js", import.meta.url).href,
      onEvent: (event) => {
        if (event.kind === "failed") failures.push(event.message)
        if (event.kind !== "progress") return
        const percent = Math.floor(event.fraction * 10) * 10
        if (percent > lastPercent) logLine(`${event.id}: ${percent} % (${event.note})`)
        lastPercent = Math.max(lastPercent, percent)
      },
    })
    if (failures.length > 0) throw new AppError("bench/study", failures.join("; "))
    const parts = await Promise.all(
      jobs.map(async ({ payload }) => JSON.parse(await readFile(payload.resultPath, "utf8")) as UnitScores[]),
    )
    return parts.flat().sort((a, b) => a.strength - b.strength || a.bits - b.bits || a.enrolCount - b.enrolCount)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
