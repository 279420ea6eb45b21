import { AppError } from "@sourceprint/core/errors.js"
import { loadPlugin } from "@sourceprint/train/plugins/load-plugin.js"
import { reportRuns } from "@sourceprint/train/report-runs.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { runsOption } from "./experiment/options.js"
import { terminalProgress } from "./terminal-progress.js"

const options = {
  run: {
    type: "string",
    array: true,
    describe: "names of runs; else every run without a page, and unfinished ones again",
  },
  ...runsOption,
  out: { type: "string", default: "reports", requiresArg: true, describe: "where pages and the index lie" },
  all: { type: "boolean", default: false, describe: "render every run again" },
  "index-only": { type: "boolean", default: false, describe: "make the index again and nothing else" },
  "worst-errors": {
    type: "number",
    default: 12,
    requiresArg: true,
    describe: "images in the gallery; 0: none",
  },
  audit: { type: "boolean", default: true, describe: "train the shortcut probes where the run lacks them" },
  plugin: {
    type: "string",
    array: true,
    requiresArg: true,
    describe: "plug-ins whose code may run: of the runs, or with sections of their own",
  },
  prune: { type: "boolean", default: false, describe: "forget pages whose experiment run is gone" },
} satisfies Record<string, Options>

export const reportCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "report [run..]",
  describe: "Render runs to self-contained pages and make the index of all runs",
  builder: (yargs) => yargs.positional("run", options.run).options(options),
  handler: async ({ run = [], runs, out, all, indexOnly, worstErrors, audit, plugin = [], prune }) => {
    const problems: string[] = []
    const plugins = []
    for (const file of plugin) plugins.push(await loadPlugin(file))
    const paths = await reportRuns({
      runsFolder: runs,
      reportsFolder: out,
      which: run.length > 0 ? run : indexOnly ? "none" : all ? "all" : "new",
      worstErrors,
      audit,
      plugins,
      prune,
      progress: terminalProgress(),
      logLine: (line) => console.error(line),
      onProblem: (line) => problems.push(line),
    })
    for (const path of paths) console.log(path)
    for (const line of problems) console.error(line)
    if (problems.length > 0)
      throw new AppError("report/incomplete", `${problems.length} faults, named above; the other pages are made`)
  },
}
