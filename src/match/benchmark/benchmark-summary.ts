import { arch, cpus, platform } from "node:os"
import { join } from "node:path"
import { contentId } from "@sourceprint/core/canonical-json.js"
import type { Clock } from "@sourceprint/core/clock.js"
import { defined } from "@sourceprint/core/defined.js"
import { AppError } from "@sourceprint/core/errors.js"
import { writeFileAtomic } from "@sourceprint/core/files/atomic-file.js"
import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { formatNumber } from "@sourceprint/report/quantity.js"
import { renderReport } from "@sourceprint/report/render-report.js"
import { type IndexEntry, publishReport, rebuildIndex } from "@sourceprint/report/report-folder.js"
import type { Matcher } from "../matcher.js"
import { loadMatcher } from "../registry.js"
import type { BenchmarkConfig } from "./benchmark-config.js"
import { type BenchmarkResults, benchmarkReport } from "./benchmark-report.js"
import { datasetVersionsText } from "./run-benchmark.js"
import type { SetScores } from "./score-file.js"
import { describeFailures, isEmptySet, meanEer, type SetMetrics, setMetrics } from "./set-metrics.js"
import { worstErrors } from "./worst-errors.js"

export interface SummaryOptions {
  /** Where pages and the index lie. */
  readonly reportsFolder: string
  readonly clock: Clock
  /** Galleries show this many of each kind a matcher and set; 0: none. */
  readonly worst: number
}

/** Figures, `metrics.json` in the run folder the report, and what is wrong with entries that the
 *  index lacks. A set where nothing was enrolled has no figures, and a
 *  matcher with such a set no mean. @throws AppError "benchmark/nothing-enrolled" where there are no figures at all */
export async function summariseBenchmark(
  config: BenchmarkConfig,
  runFolder: string,
  all: readonly SetScores[],
  options: SummaryOptions,
): Promise<BenchmarkResults & { readonly reportFile: string; readonly brokenEntries: readonly string[] }> {
  const scores = all.filter((set) => !isEmptySet(set))
  const withoutFigures = all.filter(isEmptySet)
  if (scores.length === 0) throw nothingEnrolled(withoutFigures.map(describeFailures))
  const metrics = scores.map((set) => setMetrics(set, config.seed))
  const ranking = config.matchers.filter((matcher) => !withoutFigures.some((set) => set.matcher === matcher))
  const meanEers = new Map(
    ranking.map((matcher) => {
      const { value, interval } = meanEer(
        scores.filter((s) => s.matcher === matcher),
        config.seed,
      )
      return [matcher, { value, unit: "rate", low: interval.low, high: interval.high }] as const
    }),
  )
  const galleries: Awaited<ReturnType<typeof worstErrors>>[] = []
  if (options.worst > 0 && config.modality === "fingerprint") {
    for (const [i, set] of scores.entries()) {
      const matcher = (await loadMatcher("fingerprint", set.matcher)) as Matcher<GrayImage, unknown>
      galleries.push(await worstErrors(matcher, set, thresholdAtFmr100(defined(metrics[i])), options.worst))
    }
  }
  const environment: [string, string][] = [
    ["Node", process.version],
    ["machine", `${platform()} ${arch()}, ${cpus().length} × ${cpus()[0]?.model ?? "unknown"}`],
    ["run folder", runFolder],
    ["datasets", await datasetVersionsText(runFolder)],
    ["command", `sourceprint match benchmark --name ${config.name} (settings below)`],
  ]
  const results = {
    ...{ config, scores, metrics, meanEers, galleries, environment },
    withoutFigures: withoutFigures.map(describeFailures),
  }
  const figures = {
    meanEer: Object.fromEntries(meanEers),
    sets: metrics.map(({ curve, discard: _, identification, ...rest }) => ({
      ...rest,
      genuine: curve.genuineCount,
      impostor: curve.impostorCount,
      identification: identification && { ...identification, cmc: [...identification.cmc] },
    })),
  }
  await writeFileAtomic(join(runFolder, "metrics.json"), `${JSON.stringify(figures, null, 2)}\n`)
  const entry = benchmarkEntry(results, options.clock)
  const reportFile = await publishReport(options.reportsFolder, entry, renderReport(benchmarkReport(results)))
  const { broken: brokenEntries } = await rebuildIndex(options.reportsFolder)
  return { ...results, reportFile, brokenEntries }
}

/** @param sets as `describeFailures` says them */
export const nothingEnrolled = (sets: readonly string[]): AppError =>
  new AppError(
    "benchmark/nothing-enrolled",
    `nothing could be compared, so there is no error rate: ${sets.join("; ")}. Look at one image with ` +
      '"sourceprint match verify"; where the resolution is wrong, state it with --dpi, or --dpi unknown',
  )

/** What the index of all runs says of a benchmark. */
function benchmarkEntry({ config, meanEers, metrics, scores }: BenchmarkResults, clock: Clock): IndexEntry {
  const compared = scores.filter(({ matcher }) => matcher === scores[0]?.matcher)
  const data = contentId(compared.map(({ set, templates }) => [set, templates.map(({ images }) => images)]))
  const ranked = [...meanEers].sort((a, b) => a[1].value - b[1].value)
  const [best, eer] = ranked[0] ?? []
  return {
    run: {
      id: `match-${config.name}`,
      kind: "match benchmark",
      title: `How often does each matcher err on ${new Set(metrics.map((m) => m.set)).size} sets?`,
      verdict: eer === undefined ? "no mean EER" : `${best}: mean EER ${formatNumber(eer.value, "rate")}`,
      createdAt: new Date(clock.nowMs()).toISOString(),
      values: {
        ...(best === undefined || eer === undefined ? {} : { winner: best, eer }),
        matchers: config.matchers.join(", "),
        protocol: config.protocol,
        data,
      },
    },
    columns: [
      { key: "winner", label: "Winner", group: "result", listed: true },
      { key: "eer", label: "EER", group: "result", unit: "rate", better: "lower", listed: true },
      { key: "matchers", label: "matchers", group: "setting" },
      { key: "protocol", label: "protocol", group: "setting", namesData: true },
      { key: "data", label: "data hash", group: "setting", namesData: true },
    ],
  }
}

const thresholdAtFmr100 = ({ curve }: SetMetrics): number => {
  const k = Math.max(
    0,
    curve.fmr.findLastIndex((rate) => !(rate > 0.01)),
  )
  const threshold = defined(curve.threshold[k])
  return Number.isFinite(threshold) ? threshold : defined(curve.threshold[Math.min(1, k + 1)])
}
