import { copyFile } from "node:fs/promises"
import { basename, join } from "node:path"
import { makeFolder } from "@sourceprint/core/files/make-folder.js"
import type { RunEnvironment } from "../run-record.js"
import { loadedPlugin } from "./load-plugin.js"
import type { PluginRef } from "./plugin.js"

/** Name, version and hash of the plug-ins of a run; nothing without any. @throws AppError "plugin/not-loaded" */
export function pluginRecords(refs: readonly PluginRef[]): Pick<RunEnvironment, "plugins"> {
  if (refs.length === 0) return {}
  const plugins = refs.map((ref) => {
    const { name, version } = loadedPlugin(ref)
    return { name, ...(version === undefined ? {} : { version }), ...ref }
  })
  return { plugins }
}

/** Copies the plug-ins into the run, for the record: nothing runs a copy unless somebody names it. */
export async function keepPlugins(runFolder: string, refs: readonly PluginRef[]): Promise<void> {
  if (refs.length === 0) return
  const folder = join(runFolder, "plugins")
  await makeFolder(folder)
  for (const { file, sha256 } of refs) await copyFile(file, join(folder, `${sha256.slice(0, 8)}-${basename(file)}`))
}
