import { join } from "node:path"
import { systemClock } from "@sourceprint/core/clock.js"
import { AppError } from "@sourceprint/core/errors.js"
import { localLauncher } from "@sourceprint/core/launch/local-launcher.js"
import { BenchmarkConfig } from "@sourceprint/match/benchmark/benchmark-config.js"
import { nothingEnrolled, summariseBenchmark } from "@sourceprint/match/benchmark/benchmark-summary.js"
import { runBenchmark } from "@sourceprint/match/benchmark/run-benchmark.js"
import { withDetector } from "@sourceprint/match/registry.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { stopOnInterrupt } from "../stop-on-interrupt.js"
import { terminalProgress } from "../terminal-progress.js"
import { textTable } from "../text-table.js"
import { modalityOptions, parseResolution, resolutionOption } from "./matcher-options.js"

const options = {
  name: {
    type: "string",
    demandOption: true,
    requiresArg: true,
    describe: "name of the run; the same name continues",
  },
  dataset: { type: "string", array: true, demandOption: true, describe: "datasets: data/<dataset>" },
  matchers: { type: "string", array: true, default: ["minutiae"], describe: "matchers, see match list" },
  ...modalityOptions,
  ...resolutionOption,
  protocol: {
    choices: ["all-pairs", "fvc", "files"] as const,
    default: "all-pairs" as const,
    describe: "which pairs",
  },
  "protocol-folder": {
    type: "string",
    requiresArg: true,
    describe: "enroll.csv, probe.csv, pairs.csv for --protocol files",
  },
  fingers: { type: "string", default: "", describe: "keep fingers whose name fits this regular expression" },
  worst: { type: "number", default: 2, describe: "worst errors of each kind shown for each set" },
  seed: { type: "number", default: 1, describe: "seed of the bootstrap" },
  workers: { type: "number", requiresArg: true, describe: "processes at a time; else one a core" },
} satisfies Record<string, Options>

export const matchBenchmarkCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "benchmark",
  describe: "Error rates, curves and times of matchers on datasets; resumes where it was stopped",
  builder: options,
  handler: async ({
    name,
    dataset,
    matchers,
    modality,
    detector,
    protocol,
    protocolFolder,
    fingers,
    worst,
    seed,
    workers,
    dpi,
  }) => {
    const config = BenchmarkConfig.parse({
      name,
      datasets: dataset.map((id) => join("data", id)),
      matchers: matchers.map((id) => withDetector(id, detector)),
      modality,
      protocol,
      protocolFolder,
      fingers,
      seed,
      dpi: parseResolution(dpi),
    })
    const runFolder = join("experiments", "runs", `match-${name}`)
    const scores = await stopOnInterrupt((signal) =>
      runBenchmark(config, runFolder, {
        launcher: localLauncher({ workers, memoryMbPerWorker: 4096, crashRetries: 1 }),
        progress: terminalProgress(),
        signal,
      }),
    )
    if (scores === undefined) throw new AppError("benchmark/stopped", "stopped; the same command continues")
    const summary = await summariseBenchmark(config, runFolder, scores, {
      reportsFolder: "reports",
      clock: systemClock,
      worst,
    })
    const { metrics, meanEers, withoutFigures, reportFile, brokenEntries } = summary
    const percent = (rate: number): string => (rate * 100).toFixed(2)
    console.log(
      textTable(
        ["matcher", "set", "EER %", "95 % interval", "FMR100 %", "FTE", "enrol ms", "compare ms"],
        metrics.map((m) => [
          m.matcher,
          m.set,
          percent(m.eer),
          `${percent(m.eerInterval.low)}-${percent(m.eerInterval.high)}`,
          percent(m.fvc.fmr100),
          `${m.failureToEnrol.errors}/${m.failureToEnrol.trials}`,
          m.enrolCpuMs.mean,
          m.compareCpuMs,
        ]),
      ),
    )
    for (const [matcher, eer] of meanEers) {
      console.log(`${matcher}: mean EER ${percent(eer.value)} % (95 % ${percent(eer.low)}-${percent(eer.high)})`)
    }
    console.log(`report: ${reportFile}\nrun: ${runFolder}`)
    for (const text of brokenEntries) console.error(`not in the index: ${text}`)
    if (withoutFigures.length > 0) throw nothingEnrolled(withoutFigures)
  },
}
