import { availableParallelism } from "node:os"
import type { ExperimentPlan } from "./plan.js"

/** Cores that each of the jobs on this machine has, or each share of its batches. */
export function threadsOf(plan: ExperimentPlan, asked?: number): number {
  return Math.max(1, Math.floor(availableParallelism() / (workersFor(plan, asked) * sharesOf(plan))))
}

const sharesOf = ({ jobs }: ExperimentPlan): number =>
  Math.max(1, ...jobs.map(({ configuration }) => configuration.training.shares ?? 1))

/** Jobs at a time, each on as many cores as its batches are cut into, where neither option nor file says. */
export function workersFor(plan: ExperimentPlan, asked?: number): number {
  return asked ?? plan.config.run.workers ?? Math.max(1, Math.floor(availableParallelism() / sharesOf(plan)))
}
