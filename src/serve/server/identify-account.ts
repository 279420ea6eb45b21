import { defined } from "@sourceprint/core/defined.js"
import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { gallery, identify } from "@sourceprint/match/identify.js"
import type { Matcher } from "@sourceprint/match/matcher.js"
import type { KeyRing } from "../store/key-ring.js"
import type { Account, Store, StoredTemplate } from "../store/store.js"

export interface AccountCandidate {
  readonly account: Account
  readonly finger: string
  /** Similarity, 0 and up; the greatest of that finger's references. */
  readonly score: number
}

export interface AccountSearch {
  /** By falling score, one line a finger. */
  readonly candidates: readonly AccountCandidate[]
  /** References that were compared: those of this matcher. */
  readonly references: number
}

/** Whose finger is it, of everybody enrolled (1:N)? Templates are unsealed for the search and kept nowhere.
 *  @throws FailureToEnrol when the image gives no template */
export async function identifyAccount<Template>(
  { store, keys, matcher }: { store: Store; keys: KeyRing; matcher: Matcher<GrayImage, Template> },
  image: GrayImage,
  count: number,
): Promise<AccountSearch> {
  const stored: (StoredTemplate & { readonly account: Account })[] = []
  for (const account of await store.accounts()) {
    for (const template of await store.templates(account.id)) {
      if (template.modality === "finger" && template.matcherId === matcher.id) stored.push({ ...template, account })
    }
  }
  const references = stored.map(({ id, sealed }) => matcher.codec.decode(keys.open(sealed, `template/${id}`)))
  const found = identify(matcher, gallery(matcher, references), await matcher.probe(image), {
    count: references.length,
  })
  const best = new Map<string, AccountCandidate>()
  for (const { reference, score } of found) {
    const { account, finger } = defined(stored[reference], "template")
    const key = JSON.stringify([account.id, finger])
    if (!best.has(key)) best.set(key, { account, finger, score })
  }
  return { candidates: [...best.values()].slice(0, count), references: references.length }
}
