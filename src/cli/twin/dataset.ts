import { makeTwinDataset } from "@sourceprint/capture/fingerprint/twin/dataset/make-twin-dataset.js"
import { readTwinPlan } from "@sourceprint/capture/fingerprint/twin/dataset/read-twin-plan.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { datasetFolder } from "../data/dataset-folder.js"
import { stopOnInterrupt } from "../stop-on-interrupt.js"
import { terminalProgress } from "../terminal-progress.js"

const options = {
  name: { type: "string", demandOption: true, requiresArg: true, describe: "dataset name: data/<name>" },
  config: { type: "string", requiresArg: true, describe: "YAML plan; the options below override it" },
  people: { type: "number", requiresArg: true, describe: "people (20)" },
  fingers: { type: "number", requiresArg: true, describe: "fingers of each (2)" },
  units: { type: "number", requiresArg: true, describe: "scanner units of one model (10)" },
  sessions: { type: "number", requiresArg: true, describe: "sessions on each unit (1)" },
  impressions: { type: "number", requiresArg: true, describe: "touches of a finger in a session (2)" },
  bits: { type: "number", choices: [4, 8], describe: "bits a pixel: 4 as over serial, 8 as over USB (4)" },
  expansion: { type: "number", choices: [16, 17], describe: "factor from 4 to 8 bits (17)" },
  "unit-strength": {
    type: "number",
    requiresArg: true,
    describe: "multiplies every difference of units (1)",
  },
  seed: { type: "number", requiresArg: true, describe: "world of people, fingers and touches (1)" },
  workers: { type: "number", requiresArg: true, describe: "processes; one a core when left out" },
} satisfies Record<string, Options>

export const twinDatasetCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "dataset",
  describe: "Make a simulated dataset of many people on many units; the same command resumes it",
  builder: options,
  handler: async ({ name, config, fingers, workers, ...rest }) => {
    const { seed, people, units, sessions, impressions, bits, expansion, unitStrength } = rest
    const overrides = {
      seed,
      people,
      fingersPerPerson: fingers,
      units,
      sessions,
      impressions,
      bits,
      expansion,
    }
    const plan = await readTwinPlan(config, { ...overrides, unitStrength })
    const folder = datasetFolder(name)
    const { images, written, complete } = await stopOnInterrupt((signal) =>
      makeTwinDataset(folder, plan, {
        progress: terminalProgress(),
        signal,
        ...(workers === undefined ? {} : { workers }),
      }),
    )
    if (!complete) process.exitCode = 1
    console.log(
      complete
        ? `${folder}: ${images} simulated images, ${written} of them written now`
        : `${folder}: stopped; the same command continues`,
    )
  },
}
