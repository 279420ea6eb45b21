import { DEFAULT_FMR, operatingRates } from "@sourceprint/match/operating-points.js"
import { detectors } from "@sourceprint/match/registry.js"
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
