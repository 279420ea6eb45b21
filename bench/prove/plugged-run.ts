import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { selectEngine } from "@sourceprint/engine/select-engine.js"
import { pluginChecks } from "@sourceprint/train/plugins/contract.js"
import { loadedPlugin, loadPlugin } from "@sourceprint/train/plugins/load-plugin.js"
import { reportRun } from "@sourceprint/train/report.js"
import { runExperiment } from "@sourceprint/train/run-experiment.js"
import { projectRoot } from "../../test/support/shared-data.js"
import { tinyExperiment, tinyScanners } from "../../test/support/tiny-scanners.js"
import type { Finding } from "./claim.js"

/** The example plug-in through its contract, an experiment in worker processes and the page of the run. */
export async function pluggedRun(): Promise<Finding[]> {
  const file = join(projectRoot, "examples/plugins/difference-energy.mjs")
  const ref = await loadPlugin(file)
  const { tf } = await selectEngine("wasm")
  for (const { run } of pluginChecks(loadedPlugin(ref), tf)) await run()
  const tiny = await tinyScanners({ scanners: 3, fingers: 12 })
  try {
    const path = join(tiny.folder, "plugged.yaml")
    // Of the generated scanners s2 is the one with coarser grain, which is what this model looks at.
    const text = tinyExperiment(tiny.dataset, `plugins: [${JSON.stringify(file)}]`).replace("[s0]", "[s2]")
    await writeFile(path, text.replace(/models:[\s\S]*?(?=training:)/, "models: [{ id: difference-energy }]\n"))
    const runsFolder = join(tiny.folder, "runs")
    const { state, runName, metrics } = await runExperiment(path, { runsFolder })
    const page = await readFile(
      await reportRun(runsFolder, runName, { reportsFolder: join(tiny.folder, "out") }),
      "utf8",
    )
    const accuracy = metrics?.arms[0]?.pooled.balancedAccuracy.value ?? 0
    return [
      { text: "its model and metric keep the contract of the zoo", kept: true },
      {
        text: `its model trains in workers: ${(100 * accuracy).toFixed(1)} % on generated scanners`,
        kept: accuracy > 0.9,
      },
      {
        text: "the run is finished and records the code",
        kept: state === "finished" && page.includes(ref.sha256.slice(0, 16)),
      },
      {
        text: "the page has its figure and its section",
        kept: ["worst-scanner-fmr", "Grain of the"].every((w) => page.includes(w)),
      },
    ]
  } finally {
    await tiny.remove()
  }
}
