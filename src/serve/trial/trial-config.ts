import { readFile } from "node:fs/promises"
import { AppError, messageOf } from "@sourceprint/core/errors.js"
import { parse } from "yaml"
import { z } from "zod"

const sessions = z.int().min(0).max(100_000).default(0)

/** experiments/trials/<name>.yaml: people and scanners of the twin, who tries what and how often. */
export const TrialConfig = z.strictObject({
  name: z.string().regex(/^[a-z0-9-]+$/),
  question: z.string().default("Who is let in, who is not, and where does the time go?"),
  seed: z.int().min(0),
  /** Simulated people, one finger each, and units of one scanner model, each with its own device key. */
  people: z.int().min(2).max(1000),
  units: z.int().min(2).max(100),
  factors: z.array(z.enum(["password", "finger", "scanner"])).default(["password", "finger", "scanner"]),
  matching: z.strictObject({
    matcher: z.string().default("minutiae"),
    /** Chosen on other people (dev), never on those of this trial. */
    threshold: z.number().min(0),
    qualityFloor: z.number().min(0).max(100).default(20),
    /** Promoted model that tells fingers from artefacts, see `matching.liveness` of serve.yaml. */
    liveness: z.string().min(1).optional(),
  }),
  /** Good touches that a sign-in by finger takes, see `policy.touchesPerSignIn`. */
  touchesPerSignIn: z.int().min(1).max(3).default(1),
  /** A tamper detector against planted patterns is fitted from the scanners' training touches and asked. */
  guard: z.boolean().default(true),
  /** Touches of other people on every unit from which the scanner models are made. */
  scannerTraining: z
    .strictObject({
      people: z.int().min(4).max(200).default(16),
      touches: z.int().min(1).max(20).default(2),
      /** `noise-reference-v2` also refuses scanners that are like none of the trial's. */
      model: z.enum(["noise-reference", "noise-reference-v2"]).default("noise-reference"),
    })
    .prefault({}),
  sessions: z
    .strictObject({
      genuine: sessions,
      /** The device's clock is five minutes off. */
      "clock-skew": sessions,
      /** The claimed person's password, somebody else's finger. */
      "impostor-finger": sessions,
      /** The right finger on another unit than the device's. */
      "wrong-scanner": sessions,
      /** The right finger on another unit, the device's noise pattern planted into the image. */
      "planted-pattern": sessions,
      /** The same by attackers who know the tamper detector: other kinds of forgery, more stolen images, base images of
       *  a unit that no server knows. */
      "forged-pattern": sessions,
      /** A flat print of the finger (laser, inkjet, film), made from an image captured on another unit, pressed on the
       *  right unit and placed again for each touch. */
      "printed-finger": sessions,
      /** The same in a soft material (glue, gelatine, silicone), which is stretched again in every press. */
      "moulded-finger": sessions,
      /** The right finger on a scanner that no model knows: of a strange model, and a strange unit of the right one. */
      "strange-scanner": sessions,
      /** The right finger on the right unit, the image handled since: compressed, resampled, turned, altered. */
      "handled-image": sessions,
      /** The right finger on another unit, the image given the grey levels of a stolen one. */
      "matched-levels": sessions,
      "wrong-password": sessions,
      "unknown-name": sessions,
      "unregistered-device": sessions,
    })
    .prefault({}),
  /** Images of fingers and of artefacts, in place of simulated ones: the fingers of a dataset whose manifest says what
   *  was presented are enrolled, then their other images and their artefacts are brought to the server. */
  presentations: z
    .strictObject({
      /** Folder with manifest.csv. */
      dataset: z.string().min(1),
      /** Images that enrol a finger; its others sign in, each once. */
      enrolWith: z.int().min(1).max(10).default(3),
    })
    .optional(),
  /** Attempts by attack class, see `attack-classes.ts`. */
  attacks: z.record(z.string(), z.int().min(0)).default({}),
  systemA: z.strictObject({ attempts: z.int().min(0).max(10_000).default(0) }).prefault({}),
})
export type TrialConfig = z.infer<typeof TrialConfig>
export type Scenario = keyof TrialConfig["sessions"]

/** @throws AppError "trial/config" that names file, key and fault */
export async function readTrialConfig(path: string): Promise<TrialConfig> {
  let content: unknown
  try {
    content = parse(await readFile(path, "utf8"))
  } catch (cause) {
    throw new AppError("trial/config", `cannot read ${path}: ${messageOf(cause)}`, { cause })
  }
  const parsed = TrialConfig.safeParse(content)
  if (!parsed.success) throw new AppError("trial/config", `${path}: ${z.prettifyError(parsed.error)}`)
  return parsed.data
}
