import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { type EngineChoice, engineChoices } from "../../shared/engine/select-engine.js"
import { AppError } from "../../shared/errors.js"
import { reportRuns } from "../../train/report-runs.js"
import { runExperiment } from "../../train/run-experiment.js"
import { stopOnInterrupt } from "../stop-on-interrupt.js"
import { terminalProgress } from "../terminal-progress.js"
import { chosenLauncher } from "./chosen-launcher.js"
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
  launcher: { type: "string", choices: ["local", "slurm"], default: "local", describe: "where cells run" },
  profile: {
    type: "string",
    requiresArg: true,
    describe: "YAML file of Slurm settings; see docs/cluster.md",
  },
  detach: { type: "boolean", default: false, describe: "Slurm: submit and return; a job makes the report" },
} satisfies Record<string, Options>

export const experimentRunCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "run <file>",
  describe: "Train and judge every cell; the same command again goes on after a stop or a kill",
  builder: options,
  handler: async ({ file, set, runs, engine, workers, out, report, launcher, profile, detach }) => {
    const say = (line: string): void => console.error(line)
    const chosen = await chosenLauncher({ launcher, profile, detach }, say)
    const result = await stopOnInterrupt((signal) =>
      runExperiment(file, {
        overrides: set,
        runsFolder: runs,
        engine: engine as EngineChoice | undefined,
        workers,
        launcher: chosen,
        progress: terminalProgress(),
        say,
        signal,
      }),
    )
    if (detach && result.state === "failed") {
      console.log(`run: ${result.runFolder}\nhow far it is: sourceprint experiment status ${result.runName}`)
      return
    }
    if (result.state === "stopped") {
      throw new AppError(
        "experiment/stopped",
        `stopped with ${result.finishedCells} of ${result.cells} cells finished; the same command goes on`,
      )
    }
    if (result.metrics === undefined) {
      throw new AppError(
        "experiment/failed",
        `${result.failures.length} of ${result.cells} cells failed, first: ${result.failures[0]?.cell} ` +
          `(${result.failures[0]?.cause}): ${result.failures[0]?.message}; ` +
          `sourceprint experiment status ${result.runName} lists them, the same command tries them again`,
      )
    }
    console.log(resultTable(result.metrics))
    console.log(`\nrun: ${result.runFolder}`)
    if (!report) return
    const pages = await reportRuns({
      runsFolder: runs,
      reportsFolder: out,
      which: [result.runName],
      progress: terminalProgress(),
      say,
    })
    console.log(`report: ${pages[0]}`)
  },
}
