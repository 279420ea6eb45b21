import { AppError, hasCode } from "@sourceprint/core/errors.js"
import { type EngineChoice, engineChoices } from "@sourceprint/engine/select-engine.js"
import { reportRuns } from "@sourceprint/train/report-runs.js"
import { runExperiment } from "@sourceprint/train/run-experiment.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { stopOnInterrupt } from "../stop-on-interrupt.js"
import { terminalProgress } from "../terminal-progress.js"
import { type ChosenLauncher, chosenLauncher } from "./chosen-launcher.js"
import { runsOption, setOption } from "./options.js"
import { resultTable } from "./result-table.js"

const options = {
  file: { type: "string", demandOption: true, describe: "experiments/<name>.yaml" },
  ...setOption,
  ...runsOption,
  engine: { type: "string", choices: engineChoices, describe: "in place of the file's" },
  out: { type: "string", default: "reports", requiresArg: true, describe: "where the page of the run lies" },
  report: { type: "boolean", default: true, describe: "render the page of the finished run" },
  workers: { type: "number", requiresArg: true, describe: "processes at a time; else one a core" },
  launcher: { type: "string", choices: ["local", "slurm"], default: "local", describe: "where jobs run" },
  profile: {
    type: "string",
    requiresArg: true,
    describe: "YAML file of Slurm settings; see docs/cluster.md",
  },
  detach: { type: "boolean", default: false, describe: "Slurm: submit and return; a job makes the report" },
} satisfies Record<string, Options>
type RunArguments = InferredOptionTypes<typeof options>
const logLine = (line: string): void => console.error(line)

export const experimentRunCommand: CommandModule<object, RunArguments> = {
  command: "run <file>",
  describe: "Train and judge every job; the same command again continues after a stop or a kill",
  builder: options,
  handler: async (args) => {
    const chosen = await chosenLauncher(args, logLine)
    try {
      await stopOnInterrupt((signal) => runAndReport(args, signal, chosen))
      await chosen?.end("done")
    } catch (error) {
      await chosen?.end(hasCode(error, "experiment/failed") ? "done" : "left")
      throw error
    }
  },
}

/** @param signal stops it; its jobs save their state. @throws AppError "experiment/stopped", "experiment/failed" */
export async function runAndReport(
  { file, set, runs, engine, workers, out, report, detach }: Omit<RunArguments, "launcher" | "profile">,
  signal: AbortSignal,
  chosen?: ChosenLauncher,
): Promise<void> {
  const result = await runExperiment(file, {
    overrides: set,
    runsFolder: runs,
    engine: engine as EngineChoice | undefined,
    workers,
    launcher: chosen?.launcher,
    progress: terminalProgress(),
    logLine,
    signal,
  })
  // Jobs that are neither finished nor failed continue elsewhere.
  if (result.state === "failed" && (detach || result.failures.length === 0)) {
    console.log(`run: ${result.runFolder}\nhow far it is: sourceprint experiment status ${result.runName}`)
    return
  }
  if (result.state === "stopped") {
    throw new AppError(
      "experiment/stopped",
      `stopped with ${result.finishedJobs} of ${result.jobs} jobs finished; the same command continues, ` +
        `sourceprint report ${result.runName} shows what is finished`,
    )
  }
  if (result.metrics !== undefined) console.log(`${resultTable(result.metrics, result.config)}\n`)
  console.log(`run: ${result.runFolder}`)
  const page = report && result.finishedJobs > 0 ? await pageOf(result.runName, runs, out) : undefined
  if (page !== undefined) console.log(`report: ${page}`)
  if (result.metrics === undefined) {
    throw new AppError(
      "experiment/failed",
      `${result.failures.length} of ${result.jobs} jobs failed, first: ${result.failures[0]?.cell} ` +
        `(${result.failures[0]?.cause}): ${result.failures[0]?.message}; ` +
        `sourceprint experiment status ${result.runName} lists them, the same command tries them again`,
    )
  }
  if (report && page === undefined)
    throw new AppError("report/incomplete", "the run is finished; its page could not be made, the reason is above")
}

/** The page of the run, also of one in which jobs failed; undefined where it could not be made, and why is said. */
async function pageOf(runName: string, runsFolder: string, reportsFolder: string): Promise<string | undefined> {
  const pages = await reportRuns({
    runsFolder,
    reportsFolder,
    which: [runName],
    progress: terminalProgress(),
    logLine,
    onProblem: (line) => console.error(line),
  })
  return pages.length > 1 ? pages[0] : undefined // the last is the index
}
