import type { CommandModule } from "yargs"
import { AppError } from "../../shared/errors.js"
import { stopOnInterrupt } from "../stop-on-interrupt.js"
import { terminalProgress } from "../terminal-progress.js"
import { runDemo } from "./run-demo.js"

export const demoCommand: CommandModule = {
  command: "demo",
  describe: "The whole story on simulated scanners: capture, experiment, report, promoted model (minutes)",
  handler: async () => {
    const result = await stopOnInterrupt((signal) =>
      runDemo({ progress: terminalProgress(), say: (line) => console.log(line), signal }),
    )
    if (result === undefined) throw new AppError("demo/stopped", "stopped; the same command goes on")
    const { datasetFolder, runFolder, reportFile, modelId } = result
    console.log(`
All of this is simulated data.
  images   ${datasetFolder}
  run      ${runFolder}
  report   ${reportFile}   (open it in a browser)
  model    experiments/registry/${modelId}

With a real R307: connect it, then
  npx sourceprint capture ports                 finds it
  npx sourceprint capture one --help            takes one image
  npx sourceprint capture session plan.yaml     builds a dataset (docs/r307.md has a plan to copy)`)
  },
}
