import type { BootstrapResult } from "@sourceprint/core/metrics/group-bootstrap.js"
import type { Card } from "@sourceprint/report/blocks/cards.js"
import type { Block } from "@sourceprint/report/document.js"
import { formatNumber, formatRange } from "@sourceprint/report/quantity.js"
import type { ExperimentConfig } from "../experiment-config.js"
import type { RunMetrics } from "../run-summary.js"
import { evalStanding, standingSentence } from "./eval-standing.js"
import { isUnsafe, jobsOf, type LoadedRun } from "./load-run.js"
import { openWorldSentence } from "./open-world-section.js"
import { verificationSentence } from "./verification-section.js"

const withRange = ({ value, interval: { low, high } }: BootstrapResult): string =>
  low === high ? formatNumber(value, "rate") : `${formatNumber(value, "rate")} (${formatRange(low, high, "rate")})`

/** What the tasks of a kind are. */
const taskKinds: Readonly<Record<ExperimentConfig["tasks"]["kind"], string>> = {
  "one-vs-all": "target scanners",
  "one-vs-one": "pairs of scanners",
  "leave-one-scanner-out": "sets of scanners to tell apart",
  presentation: "presentation tasks",
  verification: "enrolments",
}

/** The answer in words, for the page, the index and the terminal: which model was chosen (on dev), its figures on eval,
 *  and whether another is better there. */
export function verdictSentence(
  metrics: RunMetrics,
  config: Pick<ExperimentConfig, "tasks" | "winner" | "search">,
): string {
  const winner = metrics.arms.find(({ arm: configuration }) => configuration === metrics.winner.arm)
  if (winner === undefined) return ""
  const targets = winner.tasks.length
  const over = targets === 1 ? "balanced accuracy" : "mean balanced accuracy"
  const kind = taskKinds[config.tasks.kind]
  const beyond = [verificationSentence(winner), winner.conditions === undefined ? "" : openWorldSentence(winner)]
    .map((sentence) => (sentence === "" ? "" : ` ${sentence}`))
    .join("")
  const figures =
    `${over} ${withRange(winner.pooled.balancedAccuracy)}, pooled equal error rate ` +
    `${withRange(winner.pooled.eer)}${targets === 1 ? "" : ` over ${targets} ${kind}`}`
  if (config.search !== undefined) return `${winner.label}, chosen on dev by a search: ${figures}.${beyond}`
  if (metrics.arms.length === 1) return `${winner.label}: ${figures}.${beyond}`
  const standing = evalStanding(metrics, config.winner.by)
  const stands =
    standing === undefined ? "The others were judged on other images." : standingSentence(winner.label, standing)
  return `${winner.label}, chosen on dev among ${metrics.arms.length} models: ${figures}. ${stands}${beyond}`
}

/** Warnings about trust, then the verdict, then the headline figures. */
export function verdictBlocks(run: LoadedRun): Block[] {
  const { metrics, config, plan, jobs, failures } = run
  const blocks: Block[] = []
  const unsafe = plan.arms.filter(isUnsafe)
  if (unsafe.length > 0)
    blocks.push(
      unsafeBanner(
        unsafe.map(({ label }) => label),
        unsafe.length === plan.arms.length,
      ),
    )
  if (jobs.length < plan.cells.length) {
    const [first] = failures
    const failed = first === undefined ? "" : ` ${failures.length} failed, first ${first.cell}: ${first.message}`
    blocks.push({
      kind: "banner",
      tone: "warning",
      title: `The run is not finished: ${jobs.length} of ${plan.cells.length} jobs`,
      text: `Every figure below is of the finished jobs only.${failed}`,
    })
  }
  blocks.push({
    kind: "banner",
    tone: "verdict",
    title: verdictSentence(metrics, config),
    text: whyIt(run),
  })
  blocks.push(...headline(run))
  return blocks
}

function unsafeBanner(labels: readonly string[], all: boolean): Block {
  return {
    kind: "banner",
    tone: "danger",
    title: all
      ? "Split by image: the same finger is in training and in evaluation"
      : `Split by image in ${labels.length === 1 ? labels[0] : `${labels.length} models`}: the same finger ` +
        "is in training and in evaluation",
    text: all
      ? "Every figure on this page is optimistic and says nothing about fingers that the model has not seen."
      : `The figures of ${labels.join(", ")} are optimistic and say nothing about unseen fingers. They ` +
        "stand here to show by how much; such a model cannot win against an honest one.",
  }
}

function whyIt({ metrics: { winner, comparisons, arms: configurations }, config }: LoadedRun): string {
  const asksMore = configurations.some(({ conditions }) => conditions !== undefined)
  const closed =
    asksMore || config.tasks.kind === "presentation" || config.tasks.kind === "verification"
      ? ""
      : " Only the scanners of the training were tried, with images as they came: scanners never seen, handled and " +
        "forged images were not."
  if (configurations.length === 1 && config.search === undefined)
    return `One model was trained; there is nothing to choose.${closed}`
  const tied = winner.tied.length > 0 ? ` Equal to it on dev: ${winner.tied.join(", ")}.` : ""
  const test =
    comparisons.length === 0
      ? ""
      : " Differences on eval: paired bootstrap over fingers; “within chance” means p × comparisons ≥ 0.05."
  return `Chosen by the rule of the configuration: ${winner.rule}; eval chose nothing.${tied}${test}${closed}`
}

function headline(run: LoadedRun): Block[] {
  const winner = run.metrics.arms.find(({ arm: configuration }) => configuration === run.metrics.winner.arm)
  if (winner === undefined) return []
  const { pooled } = winner
  const own = jobsOf(run, winner.arm)
  const msPerImage = own.reduce((sum, { done }) => sum + done.msPerImage, 0) / own.length
  const rate = (result: BootstrapResult, n: string) => ({
    value: result.value,
    unit: "rate",
    low: result.interval.low,
    high: result.interval.high,
    n,
  })
  const counted = ({ rate: value, errors, trials, interval }: typeof pooled.fmr) => ({
    value,
    unit: "rate",
    low: interval.low,
    high: interval.high,
    n: `${errors} of ${formatNumber(trials, "count")} decisions`,
  })
  const genuine = pooled.fnmr.trials
  const impostor = pooled.fmr.trials
  const decisions = `${formatNumber(genuine, "count")} target, ${formatNumber(impostor, "count")} other`
  const cards: Card[] = [
    {
      label: winner.tasks.length === 1 ? "Balanced accuracy" : "Mean balanced accuracy",
      value: rate(pooled.balancedAccuracy, decisions),
    },
    { label: "Pooled equal error rate", value: rate(pooled.eer, decisions) },
    { label: "False match rate at the dev threshold", value: counted(pooled.fmr) },
    { label: "False non-match rate at the dev threshold", value: counted(pooled.fnmr) },
    {
      label: "Time an image",
      value: { value: msPerImage, unit: "ms" },
      note: `one thread, engine ${run.environment.engine.name}`,
    },
  ]
  const fingers = new Set(
    own.flatMap(({ scores }) => scores.filter(({ side }) => side === "eval").map(({ group }) => group)),
  ).size
  return [
    {
      kind: "cards",
      cards,
      intervals:
        `${winner.label} on eval. Ranges are 95 % intervals: ${formatNumber(fingers, "count")} fingers ` +
        "drawn again 1,000 times, each with all its images; where no error was seen, the rule of 3 with each " +
        "finger as one trial.",
    },
  ]
}
