import type { Options } from "yargs"

export const runsOption = {
  runs: { type: "string", default: "experiments/runs", requiresArg: true, describe: "where run folders lie" },
} satisfies Record<string, Options>

export const setOption = {
  set: {
    type: "string",
    array: true,
    nargs: 1,
    default: [] as string[],
    describe: "path=value over the file, such as training.epochs=5 or models.small-cnn.settings.scaling=unit",
  },
} satisfies Record<string, Options>
