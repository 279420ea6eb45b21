import type { CommandModule } from "yargs"
import { matchersOf } from "../../match/registry.js"
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
