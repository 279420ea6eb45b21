import { AppError } from "@sourceprint/core/errors.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { configKinds, configSchema } from "./config-schemas.js"
import { configurationReference } from "./reference.js"

const options = {
  kind: { type: "string", choices: configKinds.map(({ id }) => id), describe: "which kind of YAML file" },
  reference: { type: "boolean", default: false, describe: "every key of every kind as a page (Markdown)" },
} satisfies Record<string, Options>

export const schemaCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "schema [kind]",
  describe: "JSON Schema of a kind of YAML file, for completion in editors",
  builder: (yargs) => yargs.positional("kind", options.kind).options(options),
  handler: ({ kind: wanted, reference }) => {
    const kind = configKinds.find(({ id }) => id === wanted)
    if (reference) console.log(configurationReference().trimEnd())
    else if (kind !== undefined) console.log(JSON.stringify(configSchema(kind), undefined, 2))
    else throw new AppError("schema/kind", `name a kind: ${configKinds.map(({ id }) => id).join(", ")}`)
  },
}
