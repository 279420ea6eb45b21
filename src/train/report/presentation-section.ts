import { presentationFigures } from "@sourceprint/core/metrics/presentation-attack.js"
import { Rng } from "@sourceprint/core/rng.js"
import { BONA_FIDE } from "@sourceprint/model/predictor.js"
import type { Section } from "@sourceprint/report/document.js"
import type { JobResult } from "../judged-rows.js"
import { jobsOf, type LoadedRun } from "./load-run.js"
import { intervalCell, rateCell } from "./model-comparison.js"

/** ISO/IEC 30107-3 figures of a configuration on a presentation task: every eval image of every fold and seed, at the
 *  threshold that its own job chose on dev. */
export function presentationFiguresOf(jobs: readonly JobResult[], task: string) {
  const judged = jobs
    .filter(({ metrics }) => metrics.task === task)
    .flatMap(({ metrics, scores }) =>
      scores
        .filter(({ side }) => side === "eval")
        .map(({ score, scanner, group }) => ({
          score,
          accepted: score >= metrics.threshold.threshold,
          species: scanner === BONA_FIDE ? undefined : scanner,
          group,
        })),
    )
  return presentationFigures(judged, new Rng(`presentation/${task}`))
}

/** What passes and who is refused, where the run is about presentations. */
export function presentationSection(run: LoadedRun): Section | undefined {
  if (run.config.tasks.kind !== "presentation") return undefined
  const jobs = jobsOf(run, run.metrics.winner.arm)
  const tasks = run.plan.tasks.filter(({ id }) => jobs.some(({ metrics }) => metrics.task === id))
  const figures = tasks.map(({ id }) => ({ id, ...presentationFiguresOf(jobs, id) }))
  return {
    kind: "section",
    title: "Presentation attacks",
    blocks: [
      {
        kind: "table",
        title: `${run.metrics.winner.label}: bona fide presentations refused, attacks accepted`,
        columns: [
          { key: "task", label: "Task", always: true },
          { key: "bpcer", label: "BPCER", unit: "rate", always: true },
          { key: "worst", label: "APCER, worst species", unit: "rate", always: true },
          { key: "at1", label: "APCER at BPCER 1 %", unit: "rate" },
          { key: "at5", label: "APCER at BPCER 5 %", unit: "rate" },
          { key: "deer", label: "D-EER", unit: "rate", always: true },
        ],
        rows: figures.map(({ id, bpcer, worst, apcerAtBpcer: [at1, at5], dEer }) => ({
          task: id,
          bpcer: rateCell(bpcer),
          worst: rateCell(worst),
          ...(at1 && { at1: intervalCell(at1.apcer) }),
          ...(at5 && { at5: intervalCell(at5.apcer) }),
          deer: intervalCell(dEer),
        })),
        note:
          "BPCER and APCER (ISO/IEC 30107-3) at thresholds from dev, 95 % intervals by drawing fingers again. The " +
          "figures at a BPCER and the D-EER are read off the eval scores of all folds together.",
      },
      {
        kind: "table",
        title: "APCER by species",
        columns: [
          { key: "task", label: "Task", always: true },
          { key: "species", label: "Species", always: true },
          { key: "apcer", label: "APCER", unit: "rate", always: true },
        ],
        rows: figures.flatMap(({ id, apcer }) =>
          apcer.map(({ species, ...rate }) => ({ task: id, species, apcer: rateCell(rate) })),
        ),
      },
    ],
  }
}
