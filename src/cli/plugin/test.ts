import { AppError, messageOf } from "@sourceprint/core/errors.js"
import { selectEngine } from "@sourceprint/engine/select-engine.js"
import { pluginChecks } from "@sourceprint/train/plugins/contract.js"
import { loadedPlugin, loadPlugin } from "@sourceprint/train/plugins/load-plugin.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"

const options = {
  file: { type: "string", demandOption: true, describe: "the plug-in; its code runs with your rights" },
} satisfies Record<string, Options>

export const pluginTestCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "test <file>",
  describe: "Check that a plug-in keeps what experiments and reports rely on",
  builder: (yargs) => yargs.positional("file", options.file),
  handler: async ({ file }) => {
    const ref = await loadPlugin(file)
    const plugin = loadedPlugin(ref)
    const { tf } = await selectEngine("wasm")
    let failed = 0
    for (const { name, run } of pluginChecks(plugin, tf)) {
      const fault = await (async () => run())().then(() => undefined, messageOf)
      if (fault !== undefined) failed++
      console.log(`${fault === undefined ? "ok     " : "FAILED "} ${name}${fault === undefined ? "" : `: ${fault}`}`)
    }
    if (failed > 0) throw new AppError("plugin/contract", `${file} breaks ${failed} of its promises, named above`)
    console.log(`${plugin.name}${plugin.version === undefined ? "" : ` ${plugin.version}`}, SHA-256 ${ref.sha256}`)
  },
}
