import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { sha256Hex } from "@sourceprint/core/canonical-json.js"
import { AppError, messageOf } from "@sourceprint/core/errors.js"
import { writeFileAtomic } from "@sourceprint/core/files/atomic-file.js"
import { isHidden } from "@sourceprint/core/files/files-below.js"
import { type ModelCard, parseCard } from "./model-card.js"

/** Promoted models, a folder each: card.json and the files that it names. */
export const REGISTRY_FOLDER = "experiments/registry"
const CARD = "card.json"

const reading = (path: string) =>
  readFile(path).catch((cause) => {
    throw new AppError("model/missing", `cannot read ${path}: ${messageOf(cause)}`, { cause })
  })

/** The card in a model's folder. @throws AppError "model/missing", "model/card", "model/tampered" */
export async function readCard(folder: string): Promise<ModelCard> {
  const path = join(folder, CARD)
  return parseCard((await reading(path)).toString("utf8"), path)
}

/** A promoted model whose card and files have the hashes that they should have. */
export interface VerifiedModel {
  readonly card: ModelCard
  readonly files: ReadonlyMap<string, Uint8Array>
}

/** The card and its files, every byte checked against the card.
 *  @throws AppError as `readCard`; "model/tampered" that names the file whose hash does not fit */
export async function readVerifiedModel(folder: string): Promise<VerifiedModel> {
  const card = await readCard(folder)
  const files = new Map<string, Uint8Array>()
  for (const [name, expected] of Object.entries(card.files)) {
    const bytes = await reading(join(folder, name))
    const found = sha256Hex(bytes)
    if (found !== expected) {
      throw new AppError(
        "model/tampered",
        `${join(folder, name)} is not the file that was promoted (SHA-256 ${found.slice(0, 12)}…, the ` +
          `card says ${expected.slice(0, 12)}…); the model is refused: restore the file or promote again`,
      )
    }
    files.set(name, bytes)
  }
  return { card, files }
}

/** Writes a model's folder, the card last: a folder with a card is whole.
 *  @throws AppError "model/exists" where the id is taken: a published id never changes meaning */
export async function writeModel(
  registryFolder: string,
  card: ModelCard,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<string> {
  const folder = join(registryFolder, card.id)
  const taken = await readdir(folder).catch((): string[] => [])
  if (taken.includes(CARD)) {
    throw new AppError(
      "model/exists",
      `${folder} holds a model already and a published id never changes meaning; choose another with --id`,
    )
  }
  for (const [name, bytes] of files) await writeFileAtomic(join(folder, name), bytes)
  await writeFileAtomic(join(folder, CARD), `${JSON.stringify(card, undefined, 2)}\n`)
  return folder
}

/** Every promoted model by id, with its card or what is wrong with it. A registry that does not exist is empty. */
export async function listModels(
  registryFolder: string,
): Promise<readonly { readonly id: string; readonly card?: ModelCard; readonly problem?: string }[]> {
  const entries = await readdir(registryFolder, { withFileTypes: true }).catch(() => [])
  const ids = entries.filter((entry) => entry.isDirectory() && !isHidden(entry.name)).map(({ name }) => name)
  return Promise.all(
    ids.sort().map(async (id) => {
      try {
        return { id, card: await readCard(join(registryFolder, id)) }
      } catch (error) {
        return { id, problem: messageOf(error) }
      }
    }),
  )
}

/** The folder of a model: an id in the registry, or a path to a folder with a card. */
export async function modelFolder(registryFolder: string, model: string): Promise<string> {
  const known = (await listModels(registryFolder)).map(({ id }) => id)
  if (known.includes(model)) return join(registryFolder, model)
  if ((await readdir(model).catch((): string[] => [])).includes(CARD)) return model
  throw new AppError(
    "model/unknown",
    `${registryFolder} has no model "${model}" and it is no folder with a ${CARD}; known: ` +
      `${known.join(", ") || "none"}`,
  )
}
