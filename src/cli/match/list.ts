import { describeOperatingPoint } from "@sourceprint/match/operating-points.js"
import { loadMatcher, matchersOf } from "@sourceprint/match/registry.js"
import type { CommandModule } from "yargs"
import { textTable } from "../text-table.js"

export const matchListCommand: CommandModule = {
  command: "list",
  describe: "The matchers there are",
  handler: async () => {
    const all = [...matchersOf("fingerprint"), ...matchersOf("face")]
    console.log(
      textTable(
        ["matcher", "modality", "method"],
        all.map((m) => [m.id, m.modality, m.summary]),
      ),
    )
    for (const { id, modality } of all.filter((entry) => entry.bringsThresholds)) {
      const { operatingPoints } = await loadMatcher(modality, id)
      if (operatingPoints === undefined) continue
      const { chosenOn, genuine, impostor, points } = operatingPoints
      console.log(`${id}, thresholds from ${genuine} genuine and ${impostor} impostor comparisons: ${chosenOn}`)
      for (const point of points) console.log(`  ${describeOperatingPoint(point)}`)
    }
  },
}
