import { canonicalJson, sha256Hex } from "@sourceprint/core/canonical-json.js"
import { AppError } from "@sourceprint/core/errors.js"
import { z } from "zod"
import { InputContract } from "./input-contract.js"

/** The card of a promoted model: everything needed to use it, to trust it and to know its limits. */

const probability = z.number().min(0).max(1)
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "is not a SHA-256")
const CountedErrors = z.strictObject({
  rate: probability,
  errors: z.int().min(0),
  trials: z.int().min(1),
  /** 95 %. */
  interval: z.strictObject({ low: probability, high: probability }),
})
const SetMetrics = z.strictObject({
  balancedAccuracy: probability,
  fmr: CountedErrors,
  fnmr: CountedErrors,
  eer: probability,
  auc: probability,
})

/** What was tried beside the closed set of dev and eval; rates at the threshold of the card's model, or of its likes
 *  that were trained without the scanner which they judge. */
const Condition = z.strictObject({
  kind: z.enum(["unseen", "handled", "forged"]),
  condition: z.string().min(1),
  fmr: CountedErrors,
  fnmr: CountedErrors.optional(),
  worstPair: z.strictObject({
    target: z.string().min(1),
    scanner: z.string().min(1),
    accepted: z.int().min(0),
    of: z.int().min(1),
  }),
})

const Body = z.strictObject({
  format: z.literal("sourceprint-model-1"),
  id: z.string().regex(/^[a-z0-9][a-z0-9.-]*$/, "is not lower-case letters, digits, dots and dashes"),
  createdAt: z.iso.datetime(),
  task: z.strictObject({
    /** The scanner whose images score high. */
    target: z.string().min(1),
    /** Those it was told apart from; about any other scanner nothing is known. */
    others: z.array(z.string().min(1)).min(1),
  }),
  model: z.strictObject({
    /** In the zoo. */
    id: z.string().min(1),
    settings: z.record(z.string(), z.unknown()),
    /** How the files are read: `layers` by tfjs, else a classical reader. */
    kind: z.enum(["layers", "noise-reference-v1", "noise-reference-v2", "linear-v1", "gaussian-v1"]),
    parameterCount: z.int().min(1),
    sizeBytes: z.int().min(1),
  }),
  input: InputContract,
  /** score >= value accepts; chosen on dev, never on the images of `metrics.eval`. */
  threshold: z.strictObject({
    value: z.number(),
    policy: z.string().min(1),
    chosenOn: z.string().min(1),
    genuineCount: z.int().min(1),
    impostorCount: z.int().min(1),
  }),
  metrics: z.strictObject({ dev: SetMetrics, eval: SetMetrics, splitBy: z.string().min(1) }),
  /** Absent: scanners never seen, handled and forged images were not tried. */
  openWorld: z.array(Condition).min(1).optional(),
  origin: z.strictObject({
    experiment: z.string().min(1),
    run: z.string().min(1),
    cell: z.string().min(1),
    commit: z.string(),
    engine: z.string().min(1),
    datasetHash: z.string().min(1),
    trainImages: z.strictObject({ target: z.int().min(0), others: z.int().min(0) }),
  }),
  licence: z.string().min(1),
  limits: z.array(z.string().min(1)).min(1),
  /** Name -> SHA-256 of every file beside the card. */
  files: z.record(z.string().regex(/^[A-Za-z0-9._-]+$/, "is not a plain file name"), sha256),
})
export type ModelCardBody = z.infer<typeof Body>

export const ModelCard = Body.extend({
  /** SHA-256 of the canonical JSON of all the rest: a threshold changed by hand shows. */
  cardSha256: sha256,
})
/** A parsed card: what the model accepts, its threshold, where it comes from and its known limits. */
export type ModelCard = z.infer<typeof ModelCard>

const hashOf = (body: ModelCardBody): string => sha256Hex(canonicalJson(body))

/** @throws ZodError for a body that is no card */
export function sealCard(body: ModelCardBody): ModelCard {
  const checked = Body.parse(body)
  return { ...checked, cardSha256: hashOf(checked) }
}

/** @param name the file, for messages
 *  @throws AppError "model/card" for what is no card of this version, "model/tampered" when its hash does not fit */
export function parseCard(text: string, name: string): ModelCard {
  let card: ModelCard
  try {
    card = ModelCard.parse(JSON.parse(text))
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : "it is not JSON"
    throw new AppError("model/card", `${name} is not a model card: ${reason}`, { cause })
  }
  const { cardSha256, ...body } = card
  if (hashOf(body) !== cardSha256)
    throw new AppError(
      "model/tampered",
      `${name} was changed after promotion (its own hash does not fit); promote the model again`,
    )
  return card
}
