import { AppError } from "@sourceprint/core/errors.js"
import { Resolution } from "@sourceprint/core/image/resolution.js"
import { DEFAULT_FMR, operatingRates } from "@sourceprint/match/operating-points.js"
import { detectors } from "@sourceprint/match/registry.js"
import type { ImageReading } from "@sourceprint/match/template-file.js"
import type { Options } from "yargs"

/** What every command takes that loads a matcher. */
export const modalityOptions = {
  modality: {
    choices: ["fingerprint", "face"] as const,
    default: "fingerprint" as const,
    describe: "what is matched",
  },
  detector: {
    choices: detectors,
    default: "network" as const,
    describe: "what finds faces; haar: OpenCV's cascade, for lbph",
  },
} satisfies Record<string, Options>

/** For matchers that bring thresholds along. */
export const fmrOption = {
  fmr: {
    type: "number",
    choices: operatingRates,
    default: DEFAULT_FMR,
    describe: "false-match rate that the matcher's own threshold is for, see match list",
  },
} satisfies Record<string, Options>

/** What every command takes that reads images. */
export const resolutionOption = {
  dpi: {
    type: "string",
    requiresArg: true,
    describe: "resolution of all images, or unknown: in place of what files and datasets say",
  },
} satisfies Record<string, Options>

/** @throws AppError "cli/usage" for what is no resolution */
export function parseResolution(text: string | undefined): Resolution | undefined {
  if (text === undefined) return undefined
  const result = Resolution.safeParse(text === "unknown" ? text : Number(text))
  if (result.success) return result.data
  throw new AppError("cli/usage", `--dpi ${text}: give dots per inch above 0, or unknown`)
}

/** As `--dpi` says; what people should know of a file goes to stderr. */
export const imageReading = (dpi: string | undefined): ImageReading => ({
  dpi: parseResolution(dpi),
  note: (line) => console.error(`note: ${line}`),
})
