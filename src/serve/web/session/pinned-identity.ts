import { signal } from "@preact/signals"
import { equalConstantTime } from "@sourceprint/core/bytes.js"
import { pageStore } from "./page-store.js"

/** The server's identity key (Ed25519, 32 bytes) as this browser knows it. */
export const serverIdentity = signal<Uint8Array | undefined>(undefined)
/** Set when the server showed another identity than the remembered one: nothing is sent to it. */
export const changedIdentity = signal<Uint8Array | undefined>(undefined)

/** Trust on first use: the first identity of this host is remembered, another one is refused. */
export async function trustsPinned(shown: Uint8Array): Promise<boolean> {
  const store = await pageStore()
  const known = await store.get("identities", location.host)
  if (known === undefined) await store.put("identities", shown, location.host)
  const trusted = known === undefined || equalConstantTime(known, shown)
  serverIdentity.value = known ?? shown
  changedIdentity.value = trusted ? undefined : shown
  return trusted
}

/** After the person compared the new identity with the operator's word. */
export async function acceptChangedIdentity(): Promise<void> {
  const shown = changedIdentity.value
  if (shown === undefined) return
  await (await pageStore()).put("identities", shown, location.host)
  serverIdentity.value = shown
  changedIdentity.value = undefined
}

/** The server's identity as this browser knows it, also while there is no connection; undefined before the first
 *  one. */
export async function pinnedIdentity(): Promise<Uint8Array | undefined> {
  return serverIdentity.value ?? (await (await pageStore()).get("identities", location.host))
}
