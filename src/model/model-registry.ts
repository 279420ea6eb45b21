import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { sha256Hex } from "@sourceprint/core/canonical-json.js"
import { AppError, messageOf } from "@sourceprint/core/errors.js"
import { writeFileAtomic } from "@sourceprint/core/files/atomic-file.js"
import { isHidden } from "@sourceprint/core/files/files-below.js"
import { type AliasMove, type AliasReason, aliasHistory, appendMove, currentAliases } from "./model-aliases.js"
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
  if ((await currentAliases(registryFolder)).has(card.id)) {
    throw new AppError("model/exists", `${card.id} is an alias in ${registryFolder}; choose another name with --id`)
  }
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

/** The folder of a model: an id in the registry, an alias (of what it stands for now), or a path to a folder with a
 *  card. @throws AppError "model/unknown", "model/aliases" */
export async function modelFolder(registryFolder: string, model: string): Promise<string> {
  const known = (await listModels(registryFolder)).map(({ id }) => id)
  if (known.includes(model)) return join(registryFolder, model)
  const aliases = await currentAliases(registryFolder)
  const alias = aliases.get(model)
  if (alias !== undefined && known.includes(alias.model)) return join(registryFolder, alias.model)
  if (alias !== undefined) {
    throw new AppError(
      "model/unknown",
      `${model} stands for ${alias.model}, which ${registryFolder} does not have; restore it, or move the alias back`,
    )
  }
  if ((await readdir(model).catch((): string[] => [])).includes(CARD)) return model
  throw new AppError(
    "model/unknown",
    `${registryFolder} has no model "${model}" and it is no folder with a ${CARD}; known: ` +
      `${[...known, ...aliases.keys()].join(", ") || "none"}`,
  )
}

/** Makes `alias` stand for a promoted model, whose files are checked first.
 *  @throws AppError "model/alias" for a name that cannot be one, "model/unknown", "model/tampered", … */
export async function moveAlias(
  registryFolder: string,
  alias: string,
  model: string,
  reason: AliasReason,
): Promise<AliasMove> {
  if (!/^[a-z][a-z0-9-]{0,59}$/.test(alias))
    throw new AppError("model/alias", `"${alias}" is no alias: lower-case letters, digits and dashes, a letter first`)
  const known = (await listModels(registryFolder)).map(({ id }) => id)
  if (known.includes(alias)) throw new AppError("model/alias", `${alias} is a model's id; an alias has another name`)
  if (!known.includes(model)) {
    throw new AppError(
      "model/unknown",
      `${registryFolder} has no model "${model}"; known: ${known.join(", ") || "none"}`,
    )
  }
  if (reason.why.trim() === "") throw new AppError("model/alias", "say why the alias moves; its history keeps it")
  await readVerifiedModel(join(registryFolder, model))
  return await appendMove(registryFolder, alias, model, reason)
}

/** Moves an alias back to the model that it stood for before the one it stands for now.
 *  @throws AppError "model/alias" where there is none, and as `moveAlias` */
export async function rollBackAlias(registryFolder: string, alias: string, reason: AliasReason): Promise<AliasMove> {
  const models = (await aliasHistory(registryFolder)).flatMap((move) => (move.alias === alias ? [move.model] : []))
  const before = models.findLast((model) => model !== models.at(-1))
  if (before === undefined) throw new AppError("model/alias", `${alias} never stood for another model`)
  return await moveAlias(registryFolder, alias, before, reason)
}
