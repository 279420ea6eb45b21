import { toHex } from "@sourceprint/core/bytes.js"
import type { StoredTemplate } from "../../../store/store.js"
import type { AuthDeps } from "../auth-deps.js"

export const randomId = ({ crypto }: AuthDeps): string => toHex(crypto.randomBytes(16))

export type NewTemplate = Pick<StoredTemplate, "accountId" | "finger" | "modality" | "matcherId"> & {
  readonly bytes: Uint8Array
}

/** A template as the store keeps it, under an id and key of its own. */
export function sealTemplate(deps: AuthDeps, { bytes, ...template }: NewTemplate): StoredTemplate {
  const id = randomId(deps)
  const sealed = deps.keys.seal(bytes, `template/${id}`)
  return { ...template, id, sealed, createdAtMs: deps.clock.nowMs() }
}

/** The templates of one modality that this matcher made, unsealed. */
export const openTemplates = (
  { keys }: AuthDeps,
  templates: readonly StoredTemplate[],
  modality: StoredTemplate["modality"],
  matcherId: string,
): Uint8Array[] =>
  templates
    .filter((template) => template.modality === modality && template.matcherId === matcherId)
    .map((template) => keys.open(template.sealed, `template/${template.id}`))
