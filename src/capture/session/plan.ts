import { readFile } from "node:fs/promises"
import { defined } from "@sourceprint/core/defined.js"
import { AppError, messageOf } from "@sourceprint/core/errors.js"
import { parse } from "yaml"
import { z } from "zod"
import { expansions } from "../expansion.js"
import { defaultSensor, sensorOf, sensors } from "../fingerprint/registry.js"
import { QualityLimits } from "../quality/parameters.js"

const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9.-]*$/, "letters, digits, dots and hyphens, as it becomes part of a file name")

const fingerNames = [
  "right-thumb",
  "right-index",
  "right-middle",
  "right-ring",
  "right-little",
  "left-thumb",
  "left-index",
  "left-middle",
  "left-ring",
  "left-little",
] as const
export type FingerName = (typeof fingerNames)[number]

export const ScannerPlan = z
  .strictObject({
    /** The unit's name in the dataset; write it on the case. */
    id: name,
    /** A serial port (`/dev/serial/by-id/…`) or `tcp://host:port`. */
    port: z.string().min(1),
    sensor: z.enum([...sensors.keys()]).default(defaultSensor.id),
    /** As manifests name it; left out: the sensor's own. */
    model: z.string().min(1).optional(),
    baud: z.int().min(9600).max(115200).default(57600),
    /** 32-bit numbers; the factory's address is 0xFFFFFFFF and its password 0. */
    address: z.int().min(0).max(0xffffffff).default(0xffffffff),
    password: z.int().min(0).max(0xffffffff).default(0),
  })
  .transform((scanner) => ({ ...scanner, model: scanner.model ?? sensorOf(scanner.sensor).model }))
export type ScannerPlan = Readonly<z.infer<typeof ScannerPlan>>

const loops = ["subject", "scanner", "finger", "impression"] as const

/** `sourceprint capture session <plan.yaml>`: who, which fingers, how often, on which scanners, in which order. */
export const SessionPlan = z.strictObject({
  name,
  /** The images go to data/<dataset>. */
  dataset: name,
  /** Distinguishes days or conditions; part of every file name. */
  session: name.default("1"),
  operator: z.string().default(""),
  collection: name.default("main"),
  scanners: z.array(ScannerPlan).min(1),
  subjects: z.array(name).min(1),
  fingers: z.array(z.enum(fingerNames)).min(1),
  impressions: z.int().min(1).max(1000),
  /** From the slowest changing to the fastest. */
  order: z
    .array(z.enum(loops))
    .length(4)
    .refine((order) => new Set(order).size === 4, "each of subject, scanner, finger, impression once")
    .default(["subject", "scanner", "finger", "impression"]),
  expansion: z.enum(expansions).default("x17"),
  /** Impressions that the gate may refuse before the operator is asked to keep or skip. */
  attempts: z.int().min(1).max(20).default(4),
  quality: QualityLimits.prefault({}),
  consent: z.strictObject({ text: z.string().min(1) }).optional(),
  /** True only for plans run on the twin. */
  simulated: z.boolean().default(false),
})
export type SessionPlan = Readonly<z.infer<typeof SessionPlan>>

/** One impression that the plan asks for. */
export interface Step {
  readonly scanner: string
  readonly subject: string
  readonly finger: FingerName
  /** From 1. */
  readonly impression: number
  /** Image path in the dataset. */
  readonly path: string
}

/** @throws AppError "plan/read" | "plan/invalid" naming the field */
export async function readSessionPlan(path: string): Promise<SessionPlan> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new AppError("plan/read", `cannot read the plan ${path}: ${messageOf(cause)}`, { cause })
  })
  let document: unknown
  try {
    document = parse(text)
  } catch (cause) {
    throw new AppError("plan/invalid", `${path} is not YAML: ${messageOf(cause)}`, { cause })
  }
  return parseSessionPlan(document, path)
}

/** @throws AppError "plan/invalid" naming the field */
export function parseSessionPlan(document: unknown, source: string): SessionPlan {
  const result = SessionPlan.safeParse(document)
  if (!result.success) {
    const { path, message } = defined(result.error.issues[0])
    throw new AppError("plan/invalid", `${source}, ${path.join(".") || "the whole"}: ${message}`)
  }
  for (const [what, names] of [
    ["scanners", result.data.scanners.map((scanner) => scanner.id)],
    ["subjects", result.data.subjects],
    ["fingers", result.data.fingers],
  ] as const) {
    const twice = names.find((one, i) => (names as readonly string[]).indexOf(one) !== i)
    if (twice !== undefined) throw new AppError("plan/invalid", `${source}, ${what}: ${twice} is named twice`)
  }
  return result.data
}

/** Every impression of the plan, in its order. */
export function stepsOf(plan: SessionPlan): Step[] {
  const values: Readonly<Record<(typeof loops)[number], readonly Partial<Step>[]>> = {
    subject: plan.subjects.map((name) => ({ subject: name })),
    scanner: plan.scanners.map(({ id }) => ({ scanner: id })),
    finger: plan.fingers.map((name) => ({ finger: name })),
    impression: Array.from({ length: plan.impressions }, (_, i) => ({ impression: i + 1 })),
  }
  // Every loop occurs once in the order: nothing of the first step is left.
  let steps: Omit<Step, "path">[] = [{ scanner: "", subject: "", finger: "right-thumb", impression: 0 }]
  for (const loop of plan.order) steps = steps.flatMap((step) => values[loop].map((value) => ({ ...step, ...value })))
  return steps.map((step) => {
    const file = `${step.subject}_${step.finger}_s${plan.session}_${String(step.impression).padStart(2, "0")}.bmp`
    return { ...step, path: `${step.scanner}/${file}` }
  })
}
