import { concat, fromHex, toHex, utf8 } from "@sourceprint/core/bytes.js"
import { defined } from "@sourceprint/core/defined.js"
import type { CryptoProvider } from "../crypto-provider.js"
import type { CertificateClaims } from "./certificate.js"

const LABEL = utf8("sourceprint/1 safety number")
const GROUPS_EACH = 6
const ROUNDS = 1_024

/** What two persons compare, aloud or side by side, to know that no server stands between them: 60 digits in 12 groups
 *  of 5, half from each account's identity keys (all of its clients in the room). The same whichever of the two asks
 *  and in whatever order the clients are listed; another device of either changes it.
 *  Each half is SHA-256 iterated 1,024 times, 40 bits a group, modulo 100,000. */
export async function safetyNumber(
  crypto: CryptoProvider,
  mine: readonly CertificateClaims[],
  theirs: readonly CertificateClaims[],
): Promise<string> {
  const halves = [await half(crypto, mine), await half(crypto, theirs)].sort()
  return halves.join(" ")
}

async function half(crypto: CryptoProvider, clients: readonly CertificateClaims[]): Promise<string> {
  const { accountId } = defined(clients[0], "client of the account")
  const keys = clients.map(({ signatureKey }) => toHex(signatureKey)).sort()
  const identity = concat([fromHex(accountId), ...keys.map((key) => fromHex(key))])
  let digest = await crypto.sha256(concat([LABEL, identity]))
  for (let round = 1; round < ROUNDS; round++) digest = await crypto.sha256(concat([digest, identity]))
  return Array.from({ length: GROUPS_EACH }, (_, group) => {
    const at = 5 * group
    const number = digest.subarray(at, at + 5).reduce((sum, byte) => sum * 256 + byte, 0)
    return String(number % 100_000).padStart(5, "0")
  }).join(" ")
}
