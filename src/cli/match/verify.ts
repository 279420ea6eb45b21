import { readFile } from "node:fs/promises"
import { readGrayImage } from "@sourceprint/core/image/read-image.js"
import { parseCalibration } from "@sourceprint/match/calibration.js"
import { loadMatcher } from "@sourceprint/match/registry.js"
import { verifyPair } from "@sourceprint/match/verify.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"

const options = {
  probe: { type: "string", demandOption: true, requiresArg: true, describe: "the image to be verified" },
  reference: {
    type: "string",
    array: true,
    demandOption: true,
    describe: "one or several images of the claimed finger or face",
  },
  matcher: { type: "string", default: "minutiae", describe: "see match list" },
  modality: {
    choices: ["fingerprint", "face"] as const,
    default: "fingerprint" as const,
    describe: "what is matched",
  },
  calibration: {
    type: "string",
    requiresArg: true,
    describe: "file of match calibrate: gives decision and likelihood ratio",
  },
} satisfies Record<string, Options>

export const matchVerifyCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: ["verify", "compare"],
  describe: "Compare one image with one or several of a finger or face",
  builder: options,
  handler: async ({ probe, reference, matcher, modality, calibration }) => {
    const loaded = await loadMatcher(modality, matcher)
    const known =
      calibration === undefined
        ? undefined
        : parseCalibration(await readFile(calibration, "utf8"), calibration)
    const references = await Promise.all(reference.map(readGrayImage))
    const result = await verifyPair(loaded, references, await readGrayImage(probe), known)
    console.log(`score ${result.score.toPrecision(5)}`)
    console.log(
      `quality ${Math.round(result.referenceQuality)} (reference), ${Math.round(result.probeQuality)} (probe) of 100`,
    )
    if (known !== undefined && result.llr !== undefined) {
      console.log(`ln likelihood ratio ${result.llr.toFixed(2)}`)
      console.log(
        `${result.accepted ? "match" : "no match"} at threshold ${known.threshold.toPrecision(5)} (FMR ` +
          `${known.targetFmr} on ${known.chosenOn})`,
      )
    }
  },
}
