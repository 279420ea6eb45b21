import { type Engine, type EngineChoice, selectEngine } from "@sourceprint/engine/select-engine.js"
import { chooseEngine } from "./choose-engine.js"
import type { ExperimentPlan } from "./plan.js"
import { readRunJson, runFile } from "./run-record.js"
import { environmentFile } from "./run-schemas.js"
import { threadsOf } from "./worker-cores.js"

/** The engine of a run: where `auto` stands, a run that has begun keeps the one that it began with, whose bits its jobs
 *  need; a new one measures. @throws AppError "engine/…" as `chooseEngine` */
export async function engineOf(
  runFolder: string,
  plan: ExperimentPlan,
  { engine, workers }: { readonly engine?: EngineChoice | undefined; readonly workers?: number | undefined },
): Promise<Engine> {
  const choice = engine ?? plan.config.engine
  const before = await readRunJson(runFile(runFolder, "environment"), environmentFile)
  const threads = threadsOf(plan, workers)
  if (choice !== "auto" || before === undefined) return await chooseEngine(choice, plan.configurations, { threads })
  const { name } = before.engine
  return { ...(await selectEngine(name as EngineChoice, { threads })), why: "the run began with it" }
}
