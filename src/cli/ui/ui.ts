import { once } from "node:events"
import { serveWorkbench } from "@sourceprint/serve/workbench/serve-workbench.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { runsOption } from "../experiment/options.js"
import { registryOption } from "../model/options.js"
import { workbenchSources } from "./workbench-sources.js"

const options = {
  port: { type: "number", default: 0, requiresArg: true, describe: "of this machine alone; 0: a free one" },
  ...runsOption,
  data: { type: "string", default: "data", requiresArg: true, describe: "where datasets lie" },
  experiments: { type: "string", default: "experiments", requiresArg: true, describe: "where new files are written" },
  out: { type: "string", default: "reports", requiresArg: true, describe: "where reports lie" },
  ...registryOption,
} satisfies Record<string, Options>

export const uiCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "ui",
  describe: "The workbench in the browser, on this machine alone: datasets, runs, comparisons, new experiments",
  builder: options,
  handler: async ({ port, runs, data, experiments, out, registry }) => {
    const stop = Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")])
    const sources = workbenchSources({ runs, data, experiments, out, registry })
    await sources.runs({}) // a thousand runs are read once here, not while somebody waits for the page
    const served = await serveWorkbench(sources, { port })
    console.log(served.url)
    console.error("open this address in a browser of this machine; Ctrl-C ends the page, runs that it started go on")
    await stop
    await served.close()
  },
}
