import { equalConstantTime } from "@sourceprint/core/bytes.js"
import { AppError } from "@sourceprint/core/errors.js"
import { nameKey } from "../account-name.js"
import type { CryptoProvider } from "../crypto-provider.js"
import { verifyCertificate } from "./certificate.js"
import { type ChatStorage, put } from "./chat-storage.js"
import { newSignatureKeys } from "./mls/key-package.js"
import type { MlsContext } from "./mls/mls-context.js"
import { chatKey, type IdentityRecord, identityRecord } from "./room/room-record.js"

const UNKNOWN_ACCOUNT = "0".repeat(32)

/** This installation's identity: read, or made and stored. Throws AppError "chat/account" where the storage is another
 *  account's, "chat/storage" where it cannot be read. */
export async function openIdentity(
  storage: ChatStorage,
  mls: MlsContext,
  name: string,
  newId: () => string,
): Promise<IdentityRecord> {
  const bytes = await storage.read(chatKey.identity)
  if (bytes !== undefined) {
    const found = identityRecord.decode(bytes)
    if (found === undefined) throw new AppError("chat/storage", "the chat's storage on this device is damaged")
    if (nameKey(found.name) !== nameKey(name)) {
      throw new AppError("chat/account", `this storage holds the chat of ${found.name}, not of ${name}`)
    }
    return found
  }
  const keys = await newSignatureKeys(mls)
  const made: IdentityRecord = {
    clientId: newId(),
    ...keys,
    accountId: UNKNOWN_ACCOUNT,
    name,
    certificate: new Uint8Array(0),
  }
  await storage.write([put(chatKey.identity, identityRecord.encode(made))], [])
  return made
}

/** True once the server has certified it. */
export const isCertified = (identity: IdentityRecord): boolean => identity.certificate.length > 0

/** The identity with the certificate of this sign-in, stored. Throws AppError "chat/certificate" for one that the
 *  pinned server did not sign, or that names another client, key or account. */
export async function withCertificate(
  crypto: CryptoProvider,
  storage: ChatStorage,
  serverIdentity: Uint8Array,
  identity: IdentityRecord,
  certificate: Uint8Array,
): Promise<IdentityRecord> {
  const claims = await verifyCertificate(crypto, serverIdentity, certificate)
  const sameAccount = !isCertified(identity) || claims?.accountId === identity.accountId
  if (
    claims === undefined ||
    claims.clientId !== identity.clientId ||
    !equalConstantTime(claims.signatureKey, identity.publicKey) ||
    nameKey(claims.name) !== nameKey(identity.name) ||
    !sameAccount
  ) {
    throw new AppError("chat/certificate", "the server's certificate is not for this device and account")
  }
  const { accountId, name } = claims
  const renewed = { ...identity, accountId, name, certificate }
  await storage.write([put(chatKey.identity, identityRecord.encode(renewed))], [])
  return renewed
}
