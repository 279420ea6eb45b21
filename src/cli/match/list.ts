import { matchersOf } from "@sourceprint/match/registry.js"
import type { CommandModule } from "yargs"
import { textTable } from "../text-table.js"

export const matchListCommand: CommandModule = {
  command: "list",
  describe: "The matchers there are",
  handler: () => {
    const all = [...matchersOf("fingerprint"), ...matchersOf("face")]
    console.log(
      textTable(
        ["matcher", "modality", "method"],
        all.map((m) => [m.id, m.modality, m.summary]),
      ),
    )
  },
}
