import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { defined } from "@sourceprint/core/defined.js"
import { AppError, messageOf } from "@sourceprint/core/errors.js"
import { type CountedRate, countedRate } from "@sourceprint/core/metrics/counted-rate.js"
import { bootstrapReplicates } from "@sourceprint/core/metrics/group-bootstrap.js"
import { rateInterval } from "@sourceprint/core/metrics/rate-interval.js"
import { Rng } from "@sourceprint/core/rng.js"
import { parse } from "csv-parse/sync"
import { strataOf } from "./judged-rows.js"
import { type ConditionFigures, type ConditionScore, conditionKinds, jobFolder, scoreFields } from "./run-record.js"

/** A score with the decision of its job. */
export interface JudgedCondition extends ConditionScore {
  readonly target: string
  readonly accepted: boolean
}

/** Figures of each condition, in the order in which they come. Pure and seeded. */
export function conditionFigures(rows: readonly JudgedCondition[]): ConditionFigures[] {
  const byCondition = new Map<string, JudgedCondition[]>()
  for (const row of rows) {
    const key = `${row.kind} ${row.condition}`
    const own = byCondition.get(key)
    if (own === undefined) byCondition.set(key, [row])
    else own.push(row)
  }
  return [...byCondition.values()].map((own): ConditionFigures => {
    const { kind, condition } = defined(own[0])
    const others = own.filter(({ label }) => label === 0)
    const targets = own.filter(({ label }) => label === 1)
    return {
      kind,
      condition,
      fmr: errorRate(others, ({ accepted }) => accepted),
      ...(targets.length === 0 ? {} : { fnmr: errorRate(targets, ({ accepted }) => !accepted) }),
      worstPair: worstPair(others),
    }
  })
}

function errorRate(rows: readonly JudgedCondition[], isError: (row: JudgedCondition) => boolean): CountedRate {
  const errors = Uint8Array.from(rows, (row) => (isError(row) ? 1 : 0))
  const count = errors.reduce((sum, error) => sum + error, 0)
  const rate = (weights: Float64Array): number => {
    let [sum, total] = [0, 0]
    for (const [i, weight] of weights.entries()) {
      total += weight
      sum += weight * (errors[i] ?? 0)
    }
    return sum / total
  }
  const groups = rows.map(({ group }) => group)
  const design = { groups, strata: strataOf(rows) }
  const [drawn] = bootstrapReplicates(design, [rate], new Rng("condition figures"))
  const { interval } = rateInterval(count / rows.length, defined(drawn), new Set(groups).size)
  return countedRate(count, rows.length, interval)
}

function worstPair(others: readonly JudgedCondition[]): ConditionFigures["worstPair"] {
  const pairs = new Map<string, { target: string; scanner: string; accepted: number; of: number }>()
  for (const { target, scanner, accepted } of others) {
    const key = JSON.stringify([target, scanner])
    const pair = pairs.get(key) ?? { target, scanner, accepted: 0, of: 0 }
    pairs.set(key, { ...pair, accepted: pair.accepted + (accepted ? 1 : 0), of: pair.of + 1 })
  }
  return [...pairs.values()].reduce((a, b) => (b.accepted / b.of > a.accepted / a.of ? b : a))
}

const FILE = "conditions.csv"
const COLUMNS = "kind,condition,path,scanner,group,label,score"

/** The file of a job that judged conditions. */
export const conditionsFile = FILE

export const formatConditions = (scores: readonly ConditionScore[]): string =>
  [COLUMNS, ...scores.map((row) => [row.kind, row.condition, ...scoreFields(row)].join(",")), ""].join("\n")

/** The condition scores of a finished job; none where it judged none. @throws AppError "run/damaged" */
export async function readConditions(
  runFolder: string,
  { cell, conditions }: { readonly cell: string; readonly conditions?: readonly unknown[] },
): Promise<ConditionScore[]> {
  if (conditions === undefined) return []
  const path = join(jobFolder(runFolder, cell), FILE)
  const text = await readFile(path, "utf8").catch((cause) => {
    throw new AppError("run/damaged", `cannot read ${path}: ${messageOf(cause)}`, { cause })
  })
  if (!text.startsWith(`${COLUMNS}\n`)) throw new AppError("run/damaged", `${path} does not start with ${COLUMNS}`)
  const rows = parse(text, { columns: true }) as Record<keyof ConditionScore, string>[]
  return rows.map(({ kind, condition, path: image, scanner, group, label, score }) => {
    const known = conditionKinds.find((name) => name === kind)
    if (known === undefined || (label !== "0" && label !== "1") || Number.isNaN(Number(score)))
      throw new AppError("run/damaged", `${path}: ${image} has kind ${kind}, label ${label}, score ${score}`)
    return { kind: known, condition, path: image, scanner, group, label: label === "1" ? 1 : 0, score: Number(score) }
  })
}
