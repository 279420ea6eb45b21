import { readFile } from "node:fs/promises"
import { AppError, messageOf } from "@sourceprint/core/errors.js"
import { parse } from "yaml"
import { TwinDatasetPlan } from "./dataset-plan.js"

/** What the command line may set; undefined leaves the file's value or the default. */
export interface PlanOverrides {
  readonly seed?: number | undefined
  readonly people?: number | undefined
  readonly fingersPerPerson?: number | undefined
  readonly units?: number | undefined
  readonly sessions?: number | undefined
  readonly impressions?: number | undefined
  readonly bits?: number | undefined
  readonly expansion?: number | undefined
  readonly unitStrength?: number | undefined
}

/** The plan in a YAML or JSON file (or the standard one), with the overrides on top.
 *  @throws AppError "twin/plan" naming the file or the field and what is wrong with it */
export async function readTwinPlan(
  path: string | undefined,
  { unitStrength, ...fields }: PlanOverrides,
): Promise<TwinDatasetPlan> {
  const given = path === undefined ? {} : await readYaml(path)
  const set = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
  const scanner = unitStrength === undefined ? {} : { scanner: { ...Object(given.scanner), unitStrength } }
  const result = TwinDatasetPlan.safeParse({ ...given, ...set, ...scanner })
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new AppError("twin/plan", `${issue.path.join(".") || (path ?? "the plan")}: ${issue.message}`)
}

async function readYaml(path: string): Promise<Record<string, unknown>> {
  try {
    const value: unknown = parse(await readFile(path, "utf8")) ?? {}
    if (typeof value === "object" && !Array.isArray(value)) return { ...value }
  } catch (cause) {
    throw new AppError("twin/plan", `${path} cannot be read as YAML: ${messageOf(cause)}`, { cause })
  }
  throw new AppError("twin/plan", `${path} is not a table of settings`)
}
