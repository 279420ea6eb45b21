import { readFile } from "node:fs/promises"
import { AppError } from "@sourceprint/core/errors.js"
import { builtInCalibration } from "@sourceprint/match/built-in-calibration.js"
import { type MatchCalibration, parseCalibration } from "@sourceprint/match/calibration.js"
import { type FusedPart, fuseComparisons } from "@sourceprint/match/fusion.js"
import { loadMatcher, withDetector } from "@sourceprint/match/registry.js"
import { isPublishedRecord, readReferences, readTemplate } from "@sourceprint/match/template-file.js"
import { type PairResult, verifyTemplates } from "@sourceprint/match/verify.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { textTable } from "../text-table.js"
import { fmrOption, imageReading, modalityOptions, resolutionOption } from "./matcher-options.js"

const options = {
  probe: {
    type: "string",
    array: true,
    demandOption: true,
    describe: "the image or record (.fmr) to be verified; several are fused",
  },
  reference: {
    type: "string",
    array: true,
    demandOption: true,
    describe: "one or several images or records of the claimed finger or face",
  },
  matcher: {
    type: "string",
    array: true,
    default: ["minutiae"],
    describe: "see match list; several are fused",
  },
  ...modalityOptions,
  ...resolutionOption,
  calibration: {
    type: "string",
    array: true,
    describe: "files of match calibrate, one a matcher; else the thresholds that the matcher brings along",
  },
  ...fmrOption,
  "several-fingers": {
    type: "boolean",
    default: false,
    describe: "each probe is another finger, and the reference at the same place is its reference",
  },
} satisfies Record<string, Options>

/** One comparison among those that are fused. */
interface Row {
  readonly matcher: string
  readonly probe: string
  readonly result: PairResult
}

export const matchVerifyCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: ["verify", "compare"],
  describe: "Compare images or records with one or several of a finger or face",
  builder: options,
  handler: async ({ probe, reference, matcher, modality, detector, calibration = [], fmr, severalFingers, dpi }) => {
    if (severalFingers && probe.length !== reference.length) {
      const counts = `${probe.length} probes and ${reference.length} references`
      throw new AppError("match/several-fingers", `${counts}: --several-fingers needs one reference a probe`)
    }
    const reading = imageReading(dpi)
    const calibrations = new Map<string, MatchCalibration>()
    for (const file of calibration) {
      const read = parseCalibration(await readFile(file, "utf8"), file)
      calibrations.set(read.matcher, read)
    }
    const rows: Row[] = []
    for (const named of matcher) {
      const loaded = await loadMatcher(modality, withDetector(named, detector))
      // A single calibration of another matcher is an error, not a decision left out.
      const given = calibrations.get(loaded.id) ?? (matcher.length === 1 ? [...calibrations.values()][0] : undefined)
      // the matcher's own thresholds were measured on images
      const ofImages = loaded.operatingPoints !== undefined && ![...probe, ...reference].some(isPublishedRecord)
      const known = given ?? (ofImages ? builtInCalibration(loaded, fmr) : undefined)
      if (known !== undefined) calibrations.set(loaded.id, known)
      const together = severalFingers ? [] : await readReferences(loaded, reference, reading)
      for (const [k, file] of probe.entries()) {
        const own = severalFingers ? await readReferences(loaded, reference.slice(k, k + 1), reading) : together
        const result = verifyTemplates(loaded, own, await readTemplate(loaded, file, reading), known)
        rows.push({ matcher: loaded.id, probe: file, result })
      }
    }
    const [first] = rows
    if (rows.length === 1 && first !== undefined) {
      printOne(first, calibrations.get(first.matcher))
      return
    }
    printAll(rows, calibrations, severalFingers ? probe.length : 1)
  },
}

function printOne({ result }: Row, known: MatchCalibration | undefined): void {
  console.log(`score ${result.score.toPrecision(5)}`)
  console.log(
    `quality ${Math.round(result.referenceQuality)} (reference), ${Math.round(result.probeQuality)} (probe) of 100`,
  )
  if (known === undefined || result.llr === undefined) return
  console.log(`ln likelihood ratio ${result.llr.toFixed(2)}`)
  console.log(
    `${result.accepted ? "match" : "no match"} at threshold ${known.threshold.toPrecision(5)} (FMR ` +
      `${known.targetFmr}, FNMR ${known.observed.fnmr.toPrecision(3)} on ${known.chosenOn})`,
  )
}

function printAll(rows: readonly Row[], known: ReadonlyMap<string, MatchCalibration>, fingers: number): void {
  const cells = rows.map(({ matcher, probe, result: { score, probeQuality, llr } }) => {
    return [matcher, probe, score.toPrecision(5), Math.round(probeQuality), llr === undefined ? "" : llr.toFixed(2)]
  })
  console.log(textTable(["matcher", "probe", "score", "quality", "ln LR"], cells))
  const parts = rows.flatMap(({ matcher, probe, result: { llr } }): FusedPart[] => {
    const calibration = known.get(matcher)
    return calibration === undefined || llr === undefined ? [] : [{ name: `${matcher} ${probe}`, llr, calibration }]
  })
  if (parts.length < rows.length) {
    console.log("not fused: give --calibration with a file of match calibrate for every matcher")
    return
  }
  const { llr, threshold, accepted } = fuseComparisons(parts, fingers)
  console.log(`fused ln likelihood ratio ${llr.toFixed(2)}`)
  console.log(`${accepted ? "match" : "no match"} at ${threshold.toFixed(2)}, the strictest of the calibrations`)
}
