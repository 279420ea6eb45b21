import { AppError } from "@sourceprint/core/errors.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { stopOnInterrupt } from "../stop-on-interrupt.js"
import { terminalProgress } from "../terminal-progress.js"
import { showDemo, trainDemo } from "./run-demo.js"
import { serveDemo } from "./serve-demo.js"

const options = {
  serve: {
    type: "boolean",
    default: false,
    describe: "serve the pages with simulated scanners, until Ctrl-C, as soon as there are models",
  },
  data: {
    type: "string",
    requiresArg: true,
    describe: "with --serve: folder of the accounts, kept; without it a throwaway one",
  },
  "http-port": {
    type: "number",
    default: 7680,
    requiresArg: true,
    describe: "with --serve: port of the pages",
  },
  port: {
    type: "number",
    default: 0,
    requiresArg: true,
    describe: "with --serve: TCP port of the protocol (any)",
  },
} satisfies Record<string, Options>

export const demoCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "demo",
  describe:
    "The whole story on simulated scanners: capture, experiment, promoted model, report (2 minutes); --serve: pages",
  builder: options,
  handler: async ({ serve, data, port, httpPort }) => {
    const logLine = (line: string): void => console.log(line)
    const host = { progress: terminalProgress(), logLine }
    if (serve) logLine("the pages are served after step 2 of 4; the report is made meanwhile")
    const made = await stopOnInterrupt((signal) => trainDemo({ ...host, signal }))
    if (made === undefined) throw new AppError("demo/stopped", "stopped; the same command continues")
    const { datasetFolder, runFolder, reportFile, models } = made
    if (serve) return serveDemo({ models, reportFile, data, port, httpPort, logLine })
    await showDemo(made, host)
    logLine(`
All of this is simulated data.
  images   ${datasetFolder}
  run      ${runFolder}
  report   ${reportFile}   (open it in a browser)
  models   ${Object.values(models)
    .map((id) => `experiments/registry/${id}`)
    .join(" ")}

With a real R307: connect it, then
  npx sourceprint capture ports                 finds it
  npx sourceprint capture one --help            takes one image
  npx sourceprint capture session plan.yaml     builds a dataset (docs/r307.md has a plan to copy)

Sign in yourself, in your browser, on simulated scanners:
  npm run demo -- --serve`)
  },
}
