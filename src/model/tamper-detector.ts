import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { canonicalJson, sha256Hex } from "@sourceprint/core/canonical-json.js"
import { defined } from "@sourceprint/core/defined.js"
import { AppError } from "@sourceprint/core/errors.js"
import { writeFileAtomic } from "@sourceprint/core/files/atomic-file.js"
import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { z } from "zod"
import type { ClassicalModel } from "./classical-model.js"
import { InputContract } from "./input-contract.js"
import { readLinearModel } from "./linear-model.js"
import { encodeImage } from "./view/encode-image.js"

/** The tamper detector tells images as they left a sensor from images into which a sensor's pattern was put. One serves
 *  all scanners of the kind that it was fitted on. */

const count = z.int().min(0)
const Card = z.strictObject({
  format: z.literal("sourceprint-guard-1"),
  input: InputContract,
  /** Probability of a genuine image; >= accepts. Chosen on dev. */
  threshold: z.number().min(0).max(1),
  dev: z.strictObject({ genuine: count, genuineRefused: count, forged: count, forgedAccepted: count }),
  /** Name -> SHA-256 of the files beside the card. */
  files: z.record(z.string().regex(/^[A-Za-z0-9._-]+$/), z.string().regex(/^[0-9a-f]{64}$/)),
  /** Of all the rest, as canonical JSON. */
  cardSha256: z.string(),
})
const CARD_FILE = "guard.json"

export interface FittedTamperDetector {
  readonly input: InputContract
  readonly model: ClassicalModel
  readonly threshold: number
  readonly dev: z.infer<typeof Card>["dev"]
}

export interface TamperVerdict {
  /** Probability in [0, 1] that the image is as it left a sensor. */
  readonly probGenuine: number
  readonly threshold: number
  readonly accepted: boolean
}

export interface TamperDetector {
  judge(image: GrayImage): TamperVerdict
}

export async function writeTamperDetector(
  folder: string,
  { input, model, threshold, dev }: FittedTamperDetector,
): Promise<void> {
  const files = model.files()
  for (const [name, bytes] of files) await writeFileAtomic(join(folder, name), bytes)
  const hashes = Object.fromEntries([...files].map(([name, bytes]) => [name, sha256Hex(bytes)]))
  const body = { format: "sourceprint-guard-1" as const, input, threshold, dev, files: hashes }
  const card = { ...body, cardSha256: sha256Hex(canonicalJson(body)) }
  await writeFileAtomic(join(folder, CARD_FILE), `${JSON.stringify(card, null, 2)}\n`)
}

/** Every file is checked first. @throws AppError "tamper-detector/missing", "tamper-detector/card",
 *  "tamper-detector/changed", "model/broken" */
export async function loadTamperDetector(folder: string): Promise<TamperDetector> {
  const read = async (name: string): Promise<Uint8Array> => {
    try {
      return new Uint8Array(await readFile(join(folder, name)))
    } catch (cause) {
      throw new AppError(
        "tamper-detector/missing",
        `${join(folder, name)} cannot be read: fit the tamper detector again`,
        {
          cause,
        },
      )
    }
  }
  const text = new TextDecoder().decode(await read(CARD_FILE))
  let card: z.infer<typeof Card>
  try {
    card = Card.parse(JSON.parse(text))
  } catch (cause) {
    throw new AppError("tamper-detector/card", `${join(folder, CARD_FILE)} is not the card of a tamper detector`, {
      cause,
    })
  }
  const { cardSha256, ...body } = card
  const files = new Map<string, Uint8Array>()
  for (const name of Object.keys(card.files)) files.set(name, await read(name))
  const whole = [...files].every(([name, bytes]) => sha256Hex(bytes) === card.files[name])
  if (!whole || sha256Hex(canonicalJson(body)) !== cardSha256)
    throw new AppError(
      "tamper-detector/changed",
      `the tamper detector in ${folder} was changed after it was fitted: fit it again`,
    )
  const model = readLinearModel(files)
  const { threshold, input } = card
  return {
    judge(image) {
      const probGenuine = defined(model.predict(encodeImage(image, input))[0])
      return { probGenuine, threshold, accepted: probGenuine >= threshold }
    },
  }
}
