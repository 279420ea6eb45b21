import { writeFileAtomic } from "@sourceprint/core/files/atomic-file.js"
import type { JobControl } from "@sourceprint/core/launch/launcher.js"
import type { StudyPlan, UnitScores } from "./study-plan.js"
import { studyFingers, touchesPerStrength, unitScores } from "./unit-scores.js"

/** Some strengths of the study in one process; the fingers are grown once. */
export interface StudyJob {
  readonly plan: StudyPlan
  readonly strengths: readonly number[]
  readonly resultPath: string
}

/** See JobModule: leaves the score tables of its strengths as JSON. */
export async function runJob(payload: unknown, control: JobControl): Promise<"finished" | "stopped"> {
  const { plan, strengths, resultPath } = payload as StudyJob
  const fingers = studyFingers(plan)
  const total = strengths.length * touchesPerStrength(plan)
  let done = 0
  const tables: UnitScores[] = []
  for (const strength of strengths) {
    if (control.stopping) return "stopped"
    tables.push(...unitScores(plan, strength, fingers, (note) => control.progress(++done / total, note)))
  }
  await writeFileAtomic(resultPath, JSON.stringify(tables))
  return "finished"
}
