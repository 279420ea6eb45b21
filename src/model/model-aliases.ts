import { appendFile, mkdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import type { Clock } from "@sourceprint/core/clock.js"
import { AppError, messageOf } from "@sourceprint/core/errors.js"
import { z } from "zod"

/** Names such as `production` and `candidate` that stand for a promoted model and may be moved to another. Every move
 *  is a line of `aliases.jsonl` in the registry, never changed afterwards: the last line of an alias says what it
 *  stands for, the lines before are its history. */
const AliasMove = z.strictObject({
  alias: z.string(),
  /** Id of the promoted model. */
  model: z.string(),
  /** ISO 8601. */
  at: z.string(),
  by: z.string(),
  why: z.string(),
})
export type AliasMove = Readonly<z.infer<typeof AliasMove>>

const aliasesFile = (registryFolder: string): string => join(registryFolder, "aliases.jsonl")

/** Every move of every alias, oldest first. @throws AppError "model/aliases" naming the line that is none */
export async function aliasHistory(registryFolder: string): Promise<AliasMove[]> {
  const path = aliasesFile(registryFolder)
  const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT" || cause.code === "ENOTDIR") return ""
    throw new AppError("model/aliases", `cannot read ${path}: ${messageOf(cause)}`, { cause })
  })
  return text.split("\n").flatMap((line, index) => {
    if (line === "") return []
    try {
      return [AliasMove.parse(JSON.parse(line))]
    } catch (cause) {
      throw new AppError("model/aliases", `${path} line ${index + 1} is no move of an alias; restore or remove it`, {
        cause,
      })
    }
  })
}

/** What each alias stands for now. @throws AppError "model/aliases" */
export async function currentAliases(registryFolder: string): Promise<ReadonlyMap<string, AliasMove>> {
  return new Map((await aliasHistory(registryFolder)).map((move) => [move.alias, move]))
}

/** Who moves an alias, and why: both stay in its history. */
export interface AliasReason {
  readonly by: string
  readonly why: string
  readonly clock: Clock
}

/** Writes a move down; `moveAlias` in `model-registry.ts` checks it first. */
export async function appendMove(
  registryFolder: string,
  alias: string,
  model: string,
  { by, why, clock }: AliasReason,
): Promise<AliasMove> {
  const move = { alias, model, at: new Date(clock.nowMs()).toISOString(), by, why }
  const path = aliasesFile(registryFolder)
  await mkdir(registryFolder, { recursive: true })
  await appendFile(path, `${JSON.stringify(move)}\n`).catch((cause) => {
    throw new AppError("file/write", `cannot write ${path}: ${messageOf(cause)}`, { cause })
  })
  return move
}
