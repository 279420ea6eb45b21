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
