import type { FailureKind } from "@sourceprint/core/launch/launcher.js"
import type { Block, Section } from "@sourceprint/report/document.js"
import { formatNumber } from "@sourceprint/report/quantity.js"
import type { NotedInterruption } from "../run-record.js"
import type { LoadedRun } from "./load-run.js"

/** Rows of the table; a large sweep on a bad day has more, and a page must stay readable. */
const SHOWN = 200

const SAYS: Readonly<Record<FailureKind, string>> = {
  failed: "failed",
  crashed: "its process ended without a message",
  memory: "out of memory",
  timeout: "time limit",
  node: "node failure",
  preempted: "pre-empted",
  cancelled: "task cancelled",
  requeued: "taken back by the cluster",
}

/** The jobs that the machine and not the configuration ended, why, how often, and from where they continued; nothing
 *  where all ran through. From what the launcher noted when it happened. */
export function interruptionSection(run: LoadedRun): Section | undefined {
  const { interruptions, jobs, failures } = run
  const resumes = new Map(jobs.map(({ done }) => [done.cell, done.resumes]))
  const noted = new Set(interruptions.map(({ cell: job }) => job))
  const silent = jobs.filter(({ done }) => done.resumes > 0 && !noted.has(done.cell)).length
  if (interruptions.length === 0 && silent === 0) return undefined
  const givenUp = new Set(failures.map(({ cell: job }) => job))
  const groups = new Map<string, [NotedInterruption, ...NotedInterruption[]]>()
  for (const one of interruptions) {
    const group = groups.get(`${one.cell} ${one.cause}`)
    if (group === undefined) groups.set(`${one.cell} ${one.cause}`, [one])
    else group.push(one)
  }
  const rows = [...groups.values()].map((group) => {
    const [{ cell, cause }] = group
    const count = (next: NotedInterruption["next"]): number => group.filter((one) => one.next === next).length
    return {
      cell,
      why: SAYS[cause],
      times: group.length,
      checkpoint: count("checkpoint"),
      beginning: count("beginning"),
      now: resumes.has(cell) ? "finished" : givenUp.has(cell) ? "given up" : "not finished",
      words: group.at(-1)?.message ?? "",
    }
  })
  const blocks: Block[] = []
  if (rows.length > 0) {
    blocks.push({
      kind: "table",
      title: "Jobs that were ended and started again",
      columns: [
        { key: "cell", label: "Job", always: true },
        { key: "why", label: "Why", always: true },
        { key: "times", label: "How often", unit: "count", always: true },
        { key: "checkpoint", label: "Went on from its checkpoint", unit: "count", always: true },
        { key: "beginning", label: "Began again from the start", unit: "count", always: true },
        { key: "now", label: "Now", always: true },
        { key: "words", label: "Last message", always: true },
      ],
      rows: rows.slice(0, SHOWN),
      ...(rows.length > SHOWN
        ? { note: `The first ${SHOWN} of ${formatNumber(rows.length, "count")}; the saved file has all.` }
        : {}),
    })
  }
  if (silent > 0) {
    blocks.push({
      kind: "prose",
      paragraphs: [
        `${formatNumber(silent, "count")} more ${silent === 1 ? "job" : "jobs"} continued from a ` +
          `checkpoint after the command that ran ${silent === 1 ? "it" : "them"} had ended.`,
      ],
    })
  }
  if (rows.length > SHOWN) {
    blocks.push({
      kind: "data",
      fileName: `${run.name}-interruptions.json`,
      summary: "Every interruption with its time and message.",
      value: interruptions,
    })
  }
  return {
    kind: "section",
    title: "Interruptions",
    lead:
      "The machine or the cluster ended these attempts, not the configuration. A job that continues from its " +
      "checkpoint leaves the same bytes as one that ran through.",
    blocks,
  }
}
