import type { KeyRing } from "./key-ring.js"
import type { OpenedStore } from "./open-store.js"
import type { SealedKind } from "./store.js"
import { keptImages } from "./study/study-store.js"

const kinds: readonly SealedKind[] = ["secret", "account", "template"]

/** Wraps every record's key under the ring's first key. May be interrupted and run again; the old keys stay needed
 *  until it has finished. @returns how many records were changed */
export async function rotateKeys(
  { store, study }: Pick<OpenedStore, "store" | "study">,
  ring: KeyRing,
): Promise<number> {
  let changed = 0
  for (const kind of kinds) {
    for (const { id, sealed } of await store.sealedValues(kind)) {
      const rewrapped = ring.rewrap(sealed, `${kind}/${id}`)
      if (rewrapped !== undefined && (await store.replaceSealed(kind, id, sealed, rewrapped))) changed++
    }
  }
  for await (const { id, sealed } of keptImages(study)) {
    const rewrapped = ring.rewrap(sealed, `study/${id}`)
    if (rewrapped !== undefined && (await study.replaceSealed(id, sealed, rewrapped))) changed++
  }
  return changed
}
