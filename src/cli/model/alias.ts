import { userInfo } from "node:os"
import { systemClock } from "@sourceprint/core/clock.js"
import { AppError } from "@sourceprint/core/errors.js"
import { aliasHistory, currentAliases } from "@sourceprint/model/model-aliases.js"
import { moveAlias, rollBackAlias } from "@sourceprint/model/model-registry.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { textTable } from "../text-table.js"
import { registryOption } from "./options.js"

const options = {
  alias: { type: "string", describe: "such as production or candidate; without it, what each alias stands for" },
  model: { type: "string", describe: "the promoted model that it stands for from now on; without it, its history" },
  why: { type: "string", requiresArg: true, describe: "kept in the history" },
  by: { type: "string", requiresArg: true, describe: "who moves it; else the user of the system" },
  rollback: { type: "boolean", default: false, describe: "back to the model before" },
  ...registryOption,
} satisfies Record<string, Options>

export const modelAliasCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "alias [alias] [model]",
  describe: "Names that stand for a promoted model: list, move, roll back, history",
  builder: (yargs) => yargs.positional("alias", options.alias).positional("model", options.model).options(options),
  handler: async ({ alias, model, why, by, rollback, registry }) => {
    if (alias === undefined) {
      const rows = [...(await currentAliases(registry)).values()].map((move) => [
        move.alias,
        move.model,
        move.at,
        move.by,
      ])
      return console.log(
        rows.length === 0 ? `no alias in ${registry}` : textTable(["alias", "model", "since", "by"], rows),
      )
    }
    if (model === undefined && !rollback) {
      const own = (await aliasHistory(registry)).filter((move) => move.alias === alias)
      if (own.length === 0) throw new AppError("model/alias", `${registry} has no alias "${alias}"`)
      return console.log(
        textTable(
          ["model", "at", "by", "why"],
          own.map((move) => [move.model, move.at, move.by, move.why]),
        ),
      )
    }
    const reason = { by: by ?? userInfo().username, why: why ?? (rollback ? "rolled back" : ""), clock: systemClock }
    const moved = rollback
      ? await rollBackAlias(registry, alias, reason)
      : await moveAlias(registry, alias, model ?? "", reason)
    console.log(`${moved.alias} stands for ${moved.model}`)
  },
}
