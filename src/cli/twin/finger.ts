import { patternClasses } from "@sourceprint/capture/fingerprint/twin/finger-plan.js"
import { fingerSheet } from "@sourceprint/capture/fingerprint/twin/print-sheet.js"
import { ScannerSettings } from "@sourceprint/capture/fingerprint/twin/scanner-settings.js"
import { writeFileAtomic } from "@sourceprint/core/files/atomic-file.js"
import { encodePng } from "@sourceprint/core/image/png.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"

const options = {
  out: { type: "string", default: "finger.png", requiresArg: true, describe: "PNG to write" },
  name: {
    type: "string",
    default: "somebody/right-index",
    requiresArg: true,
    describe: "name of the finger",
  },
  seed: { type: "number", default: 1, requiresArg: true, describe: "world of fingers and touches" },
  pattern: { choices: patternClasses, describe: "class; drawn from the natural shares when left out" },
  impressions: { type: "number", default: 7, requiresArg: true, describe: "touches to show" },
  unit: { type: "string", default: "unit-01", requiresArg: true, describe: "scanner unit" },
  bits: { choices: [4, 8] as const, default: 8 as const, describe: "bits a pixel" },
} satisfies Record<string, Options>

export const twinFingerCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "finger",
  describe: "Draw a simulated finger: its master print and touches of it, as one picture",
  builder: options,
  handler: async ({ out, name, seed, pattern, impressions, unit, bits }) => {
    const scanner = ScannerSettings.parse({})
    const { sheet, finger } = fingerSheet({ seed, name, pattern, impressions, unit, bits, scanner })
    await writeFileAtomic(out, await encodePng(sheet))
    console.log(`${out}: simulated ${finger.plan.pattern}, ${impressions} touches on ${unit}`)
  },
}
