import { join } from "node:path"
import { writeFileAtomic } from "@sourceprint/core/files/atomic-file.js"
import { readScores } from "@sourceprint/match/benchmark/read-scores.js"
import { calibrate } from "@sourceprint/match/calibration.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"

const options = {
  benchmark: {
    type: "string",
    demandOption: true,
    requiresArg: true,
    describe: "name of a finished match benchmark",
  },
  matcher: { type: "string", default: "minutiae", describe: "whose scores" },
  "target-fmr": {
    type: "number",
    default: 0.001,
    describe: "false-match rate that the threshold is chosen for",
  },
  output: {
    type: "string",
    requiresArg: true,
    describe: "file; else calibration-<matcher>.json in the benchmark's run folder",
  },
} satisfies Record<string, Options>

export const matchCalibrateCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "calibrate",
  describe: "Choose a threshold for a false-match rate and map scores to likelihood ratios",
  builder: options,
  handler: async ({ benchmark, matcher, targetFmr, output }) => {
    const runFolder = join("experiments", "runs", `match-${benchmark}`)
    const calibration = calibrate(await readScores(runFolder, matcher), targetFmr)
    const path = output ?? join(runFolder, `calibration-${matcher}.json`)
    await writeFileAtomic(path, `${JSON.stringify(calibration, null, 2)}\n`)
    const { observed } = calibration
    console.log(`${path}: threshold ${calibration.threshold.toPrecision(6)} for FMR ${targetFmr}`)
    console.log(
      `on its own ${observed.genuine} genuine and ${observed.impostor} impostor scores: FMR ` +
        `${observed.fmr.toPrecision(3)}, FNMR ${observed.fnmr.toPrecision(3)} (optimistic: it was chosen ` +
        "there)",
    )
  },
}
