import { readFile } from "node:fs/promises"
import { AppError, messageOf, wordsOf } from "@sourceprint/core/errors.js"
import { systemFault } from "@sourceprint/core/files/system-fault.js"
import { LineCounter, parse, parseDocument } from "yaml"
import { ZodError, z } from "zod"
import { patchSteps } from "./augment/patch-steps.js"
import { type ConfigPath, formatPath, resolvedPath, withValueAt } from "./config-path.js"
import { type ConfigProblem, describeProblems } from "./config-problems.js"
import { ExperimentConfig, pluginsOf } from "./experiment-config.js"
import { loadPlugin } from "./plugins/load-plugin.js"
import { PluginRef } from "./plugins/plugin.js"
import { zooEntry } from "./zoo/registry.js"

const schema = z.toJSONSchema(ExperimentConfig, { io: "input", unrepresentable: "any" })

/** Names the place of a path in a file: "experiments/demo.yaml line 12". */
export type PlaceOf = (path: ConfigPath) => string

/** A configuration as written, before defaults: sweeps change it here. */
export interface WrittenConfig {
  readonly written: unknown
  readonly placeOf: PlaceOf
}

/** YAML text with `--set` overrides ("path=value", the value YAML too) laid over it.
 *  @throws AppError "config/yaml" with the line, "config/path" for an override that fits nowhere */
export function readConfigText(text: string, name: string, overrides: readonly string[] = []): WrittenConfig {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const [problem] = document.errors
  if (problem !== undefined) {
    const { line, col } = lines.linePos(problem.pos[0])
    throw new AppError("config/yaml", `${name} line ${line}, column ${col}: ${problem.message.split("\n")[0]}`)
  }
  let written: unknown = document.toJS() ?? {}
  const overridden = new Set<string>()
  for (const override of overrides) {
    const at = override.indexOf("=")
    if (at < 1) {
      throw new AppError("config/path", `--set ${override}: write it as path=value, such as training.epochs=5`)
    }
    const path = override.slice(0, at).trim()
    written = withValueAt(written, path, parseValue(override.slice(at + 1), override))
    overridden.add(formatPath(resolvedPath(written, path)))
  }
  const placeOf = (path: ConfigPath): string => {
    for (let length = path.length; length > 0; length--) {
      if (overridden.has(formatPath(path.slice(0, length)))) return "--set"
    }
    for (let length = path.length; length > 0; length--) {
      const line = lineOf(document, path.slice(0, length))
      if (line !== undefined) return `${name} line ${lines.linePos(line).line}`
    }
    return name
  }
  return { written, placeOf }
}

function parseValue(text: string, override: string): unknown {
  try {
    return parse(text)
  } catch (cause) {
    throw new AppError("config/path", `--set ${override}: the value is not YAML: ${messageOf(cause)}`, {
      cause,
    })
  }
}

/** Offset of the key (or list item) at `path`; undefined where the file has none. */
function lineOf(document: ReturnType<typeof parseDocument>, path: ConfigPath): number | undefined {
  const parent: unknown = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true)
  const items = (parent as { items?: unknown[] } | undefined)?.items ?? []
  const last = path[path.length - 1]
  const item =
    typeof last === "number"
      ? items[last]
      : items.map((pair) => (pair as { key?: { value?: unknown } }).key).find((key) => key?.value === last)
  return (item as { range?: [number, number, number] } | undefined)?.range?.[0]
}

/** Checks everything that can be known without the data: keys, ranges, model settings, views.
 *  @throws AppError "config/invalid", one line a problem */
export function resolveConfig(source: WrittenConfig): ExperimentConfig {
  const { config, problems } = checkConfig(source)
  if (config !== undefined) return config
  throw new AppError("config/invalid", problems.map(({ path, text }) => `${source.placeOf(path)}: ${text}`).join("\n"))
}

/** As `resolveConfig`, with the problems as values. */
export function checkConfig({ written }: Pick<WrittenConfig, "written">): {
  readonly config?: ExperimentConfig
  readonly problems: readonly ConfigProblem[]
} {
  const parsed = ExperimentConfig.safeParse(written)
  if (!parsed.success) return { problems: describeProblems(parsed.error.issues, { schema, written, base: [] }) }
  const config = parsed.data
  const plugins = pluginsOf(config)
  const labels = new Set<string>()
  const problems: ConfigProblem[] = []
  const models = config.models.map((model, index) => {
    const label = model.label ?? model.id
    const path = ["models", index]
    if (labels.has(label)) problems.push({ path, text: `two models are called "${label}"; give one a label` })
    labels.add(label)
    try {
      const entry = zooEntry(model.id, plugins)
      patchSteps(model.augment ?? config.augment, plugins)
      const settings = entry.settings.parse(model.settings) as Record<string, unknown>
      entry.plan(settings, model.view ?? config.view)
      return { ...model, settings }
    } catch (error) {
      if (error instanceof ZodError) {
        const known = z.toJSONSchema(zooEntry(model.id, plugins).settings, { io: "input", unrepresentable: "any" })
        const base = ["models", index, "settings"]
        problems.push(...describeProblems(error.issues, { schema: known, written: model.settings, base }))
      } else problems.push({ path, text: `${label}: ${wordsOf(error)}` })
      return model
    }
  })
  return problems.length > 0 ? { problems } : { config: { ...config, models }, problems }
}

/** Reads an experiment file and loads its plug-ins, whose hashes stand in what is given back.
 *  @throws AppError "config/missing", "plugin/…", and as the two steps above */
export async function readConfigFile(path: string, overrides: readonly string[] = []): Promise<WrittenConfig> {
  const text = await readFile(path, "utf8").catch((cause) => {
    throw new AppError("config/missing", `${path} cannot be read: ${systemFault(cause) ?? messageOf(cause)}`, { cause })
  })
  return withPlugins(readConfigText(text, path, overrides))
}

const NamedPlugins = z.object({ plugins: z.array(z.union([z.string(), PluginRef])) })

/** What was written with its plug-ins loaded and their hashes. @throws AppError "plugin/…" */
export async function withPlugins({ written, placeOf }: WrittenConfig): Promise<WrittenConfig> {
  const named = NamedPlugins.safeParse(written)
  if (!named.success) return { written, placeOf } // none, or what `resolveConfig` refuses
  const plugins: PluginRef[] = []
  for (const one of named.data.plugins) {
    plugins.push(typeof one === "string" ? await loadPlugin(one) : await loadPlugin(one.file, one.sha256))
  }
  return { written: { ...(written as object), plugins }, placeOf }
}
