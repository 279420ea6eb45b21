import { z } from "zod"
import { ScannerSettings } from "../scanner-settings.js"

/** In the order in which fingers are added: people use these first. */
export const fingerNames = [
  "right-index",
  "left-index",
  "right-thumb",
  "left-thumb",
  "right-middle",
  "left-middle",
  "right-ring",
  "left-ring",
  "right-little",
  "left-little",
] as const

/** A whole simulated dataset: every person touches every unit with every finger. Stored beside the images as
 *  `twin-dataset.json`; the same plan gives the same bytes on any machine, with any number of workers. */
export const TwinDatasetPlan = z.strictObject({
  /** The world of people, fingers and touches; the units have `scanner.seed`. */
  seed: z.int().min(0).max(0xffffffff).default(1),
  people: z.int().min(1).max(10_000).default(20),
  fingersPerPerson: z.int().min(1).max(fingerNames.length).default(2),
  units: z.int().min(1).max(200).default(10),
  sessions: z.int().min(1).max(100).default(1),
  /** Of each finger on each unit in each session. */
  impressions: z.int().min(1).max(100).default(2),
  /** 4: what an R307 sends over its serial line; 8: over USB. */
  bits: z.union([z.literal(4), z.literal(8)]).default(4),
  /** How 4 bits become 8: both are met in drivers, and two expansions look like two scanners. */
  expansion: z.union([z.literal(17), z.literal(16)]).default(17),
  scanner: ScannerSettings.prefault({}),
})
export type TwinDatasetPlan = z.infer<typeof TwinDatasetPlan>

const padded = (index: number, count: number): string =>
  String(index + 1).padStart(Math.max(2, String(count).length), "0")

/** "twin-3-person-007": the seed is in the name because another seed is another person. */
export const personName = (plan: TwinDatasetPlan, index: number): string =>
  `twin-${plan.seed}-person-${padded(index, plan.people)}`

export const unitName = (plan: TwinDatasetPlan, index: number): string => `unit-${padded(index, plan.units)}`

export const imagesPerPerson = (plan: TwinDatasetPlan): number =>
  plan.fingersPerPerson * plan.units * plan.sessions * plan.impressions
