import { equalConstantTime } from "@sourceprint/core/bytes.js"
import type { CertificateClaims } from "../certificate.js"
import { type ChatStorage, put, type StoredEntry } from "../chat-storage.js"
import { chatKey, type EntryPerson, knownKeys } from "./room-record.js"

const KEYS_KEPT = 64

/** Who came and who went between two lists of members, and whether this device has seen their keys before. `puts`
 *  remembers the new keys. */
export async function membershipDiff(
  storage: ChatStorage,
  before: readonly CertificateClaims[],
  after: readonly CertificateClaims[],
): Promise<{ added: EntryPerson[]; removed: EntryPerson[]; puts: StoredEntry[] }> {
  const missingIn = (others: readonly CertificateClaims[]) => {
    const ids = new Set(others.map(({ clientId }) => clientId))
    return (claims: CertificateClaims): boolean => !ids.has(claims.clientId)
  }
  const accountsOf = (members: readonly CertificateClaims[]) => new Set(members.map(({ accountId }) => accountId))
  const [accountsBefore, accountsAfter] = [accountsOf(before), accountsOf(after)]
  const person = (claims: CertificateClaims, device: boolean, newKey: boolean): EntryPerson => {
    const { accountId, name, clientId } = claims
    return { accountId, name, clientId, device, newKey }
  }
  /** Of each account that came: the keys that were known, and those with the ones that came. */
  const keys = new Map<string, { readonly known: readonly Uint8Array[]; now: readonly Uint8Array[] }>()
  const holds = (list: readonly Uint8Array[], key: Uint8Array): boolean =>
    list.some((one) => equalConstantTime(one, key))
  const added: EntryPerson[] = []
  for (const claims of after.filter(missingIn(before))) {
    const { accountId, signatureKey } = claims
    let of = keys.get(accountId)
    if (of === undefined) {
      const stored = await knownOf(storage, accountId)
      const inRoom = before.filter((one) => one.accountId === accountId).map((one) => one.signatureKey)
      const known = stored.length > 0 ? stored : inRoom
      of = { known, now: known }
      keys.set(accountId, of)
    }
    if (!holds(of.now, signatureKey)) of.now = [...of.now, signatureKey].slice(-KEYS_KEPT)
    const newKey = of.known.length > 0 && !holds(of.known, signatureKey)
    added.push(person(claims, accountsBefore.has(accountId), newKey))
  }
  const removed = before
    .filter(missingIn(after))
    .map((claims) => person(claims, accountsAfter.has(claims.accountId), false))
  const puts = [...keys].map(([accountId, { now }]) => put(chatKey.known(accountId), knownKeys.encode(now)))
  return { added, removed, puts }
}

async function knownOf(storage: ChatStorage, accountId: string): Promise<readonly Uint8Array[]> {
  const bytes = await storage.read(chatKey.known(accountId))
  return (bytes && knownKeys.decode(bytes)) ?? []
}
