import { readFile } from "node:fs/promises"
import { resolve } from "node:path"
import { pathToFileURL } from "node:url"
import { sha256Hex } from "@sourceprint/core/canonical-json.js"
import { AppError, messageOf } from "@sourceprint/core/errors.js"
import { systemFault } from "@sourceprint/core/files/system-fault.js"
import { z } from "zod"
import { type AugmentationEntry, type Plugin, type PluginRef, pluginShape } from "./plugin.js"

/** By SHA-256: what a key stands for never changes. Code is loaded only from files that the command, or the experiment
 *  that it was given, names. */
const loaded = new Map<string, Plugin>()

/** An import of a file beside it, which the hash would not cover. */
const OTHER_FILE = /(?:\bfrom|\bimport)\s*\(?\s*["'](\.{0,2}\/[^"']*|file:[^"']*)["']/

/** Loads a plug-in. Its code runs with the rights of the user.
 *  @param expected SHA-256 that the file must have
 *  @throws AppError "plugin/missing", "plugin/changed", "plugin/import" for a plug-in of several files,
 *  "plugin/typescript" where Node cannot read it, "plugin/broken" for code that throws, "plugin/shape" */
export async function loadPlugin(file: string, expected?: string): Promise<PluginRef> {
  const bytes = await readFile(file).catch((cause) => {
    const why = systemFault(cause) ?? messageOf(cause)
    throw new AppError("plugin/missing", `the plug-in ${file} cannot be read: ${why}; paths go from where you are`, {
      cause,
    })
  })
  const sha256 = sha256Hex(bytes)
  if (expected !== undefined && sha256 !== expected) {
    throw new AppError(
      "plugin/changed",
      `the plug-in ${file} has SHA-256 ${sha256.slice(0, 12)}…, not ${expected.slice(0, 12)}…: put back the ` +
        "file that the run began with, or start the experiment again as a new run",
    )
  }
  if (!loaded.has(sha256)) loaded.set(sha256, await importPlugin(file, bytes.toString("utf8"), sha256))
  return { file, sha256 }
}

/** Loads what a run or a job names. @throws AppError as `loadPlugin` */
export async function loadPlugins(refs: readonly PluginRef[] = []): Promise<void> {
  for (const { file, sha256 } of refs) await loadPlugin(file, sha256)
}

async function importPlugin(file: string, text: string, sha256: string): Promise<Plugin> {
  const [, other] = OTHER_FILE.exec(text) ?? []
  if (other !== undefined) {
    throw new AppError(
      "plugin/import",
      `the plug-in ${file} imports ${other}: a plug-in is one file, so that a run can say which code it had; put ` +
        "both into one file, or import a package",
    )
  }
  if (/\.[mc]?tsx?$/.test(file) && !(process.features as { typescript?: unknown }).typescript) {
    throw new AppError(
      "plugin/typescript",
      `Node ${process.version} does not read TypeScript, so ${file} cannot be loaded: use Node 22.18 or newer, or ` +
        "compile it to .mjs",
    )
  }
  let module: { default?: unknown }
  try {
    module = await import(`${pathToFileURL(resolve(file)).href}?sha256=${sha256}`)
  } catch (cause) {
    throw new AppError("plugin/broken", `the plug-in ${file} cannot be loaded: ${messageOf(cause)}`, { cause })
  }
  const { success, error } = pluginShape.safeParse(module.default)
  if (!success) {
    throw new AppError(
      "plugin/shape",
      `the default export of ${file} is no plug-in (write it with definePlugin):\n${z.prettifyError(error)}`,
    )
  }
  return module.default as Plugin
}

/** Whether this process has the code. */
export const isLoaded = ({ sha256 }: PluginRef): boolean => loaded.has(sha256)

/** The code of a plug-in that this process has loaded.
 *  @throws AppError "plugin/not-loaded": what is read from a run does not run code by itself */
export function loadedPlugin({ file, sha256 }: PluginRef): Plugin {
  const plugin = loaded.get(sha256)
  if (plugin !== undefined) return plugin
  throw new AppError(
    "plugin/not-loaded",
    `this needs the code of the plug-in ${file} (SHA-256 ${sha256.slice(0, 12)}…), which is not run unless you name ` +
      `it: --plugin ${file}`,
  )
}

/** @throws AppError "augment/unknown" that lists the known ids */
export function augmentationEntry(id: string, plugins: readonly PluginRef[] = []): AugmentationEntry {
  const known = plugins.flatMap((ref) => loadedPlugin(ref).augmentations ?? [])
  const entry = known.find((one) => one.id === id)
  if (entry !== undefined) return entry
  const ids = known.map((one) => one.id).join(", ") || "none"
  throw new AppError("augment/unknown", `no plug-in of the experiment has an augmentation "${id}"; known: ${ids}`)
}
