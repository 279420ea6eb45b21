import { messageOf } from "@sourceprint/core/errors.js"
import type { Block, Section } from "@sourceprint/report/document.js"
import { pluginsOf } from "../experiment-config.js"
import { isLoaded, loadedPlugin } from "../plugins/load-plugin.js"
import type { PluginRef } from "../plugins/plugin.js"
import { jobsOf, type LoadedRun, rankedConfigurations } from "./load-run.js"

/** What plug-ins add to a run's page: their figures, which the run holds, and their sections, of those whose code this
 *  command was given. A section that fails says why; the page goes on.
 *  @param named plug-ins that the command names beside those of the run */
export async function pluginSection(run: LoadedRun, named: readonly PluginRef[] = []): Promise<Section | undefined> {
  const refs = new Map([...pluginsOf(run.config), ...named].map((ref) => [ref.sha256, ref]))
  const blocks: Block[] = [...furtherTable(run)]
  for (const ref of refs.values()) {
    for (const make of isLoaded(ref) ? (loadedPlugin(ref).sections ?? []) : []) {
      try {
        const section = await make(run as never)
        if (section !== undefined) blocks.push(section)
      } catch (error) {
        const title = `a section of the plug-in ${loadedPlugin(ref).name} failed`
        blocks.push({ kind: "banner", tone: "note", title, text: messageOf(error) })
      }
    }
  }
  return blocks.length === 0 ? undefined : { kind: "section", title: "From plug-ins", blocks }
}

function furtherTable(run: LoadedRun): Block[] {
  const ids = [...new Set(run.jobs.flatMap(({ metrics }) => Object.keys(metrics.further ?? {})))]
  if (ids.length === 0) return []
  const rows = rankedConfigurations(run).map(({ summary }) => {
    const jobs = jobsOf(run, summary.arm)
    const row: Record<string, string | number> = { label: summary.label }
    for (const id of ids) {
      const values = jobs.flatMap(({ metrics }) => metrics.further?.[id] ?? [])
      row[id] = values.reduce((sum, value) => sum + value, 0) / values.length
      row[`${id} from`] = Math.min(...values)
      row[`${id} to`] = Math.max(...values)
    }
    return row
  })
  return [
    {
      kind: "table",
      title: "Figures of plug-ins",
      columns: [
        { key: "label", label: "Model", always: true },
        ...ids.flatMap((id) => [
          { key: id, label: id, unit: "number" as const, always: true },
          { key: `${id} from`, label: "lowest", unit: "number" as const },
          { key: `${id} to`, label: "highest", unit: "number" as const },
        ]),
      ],
      rows,
      note: "Mean over the trained models, on eval at the threshold from dev; lowest and highest of them beside it.",
    },
  ]
}
