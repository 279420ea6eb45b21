import { concat, equalConstantTime, utf8 } from "@sourceprint/core/bytes.js"
import { accountName, choices, fixed, id, struct, u64, type Values, whole } from "../codec.js"
import type { CryptoProvider, Signer } from "../crypto-provider.js"

/** How a person was verified when they signed in: one bit each. */
export const FactorBit = { password: 1, finger: 2, scanner: 4, face: 8, passkey: 16, recovery: 32 } as const
export type ChatFactor = keyof typeof FactorBit

const CERTIFICATE_LABEL = utf8("sourceprint/1 chat client")

const claims = {
  accountId: id,
  name: accountName,
  clientId: id,
  signatureKey: fixed(32),
  factors: choices(FactorBit),
  timeMs: u64,
} as const
export type CertificateClaims = Values<typeof claims>
const claimsCodec = whole(struct(claims))
const certificate = whole(struct({ claims: claimsCodec.field, signature: fixed(64) }))

const signedBytes = (of: CertificateClaims): Uint8Array => concat([CERTIFICATE_LABEL, claimsCodec.encode(of)])

/** What a server says of a client (docs/protocol.md, Chat): this key was made by a client of that account, whose holder
 *  had proved these factors at that time. It is the identity in the client's MLS credential. */
export async function issueCertificate(signer: Signer, of: CertificateClaims): Promise<Uint8Array> {
  return certificate.encode({ claims: of, signature: await signer.sign(signedBytes(of)) })
}

/** Undefined for anything malformed and for a signature by another key than the pinned one. */
export async function verifyCertificate(
  crypto: CryptoProvider,
  serverIdentity: Uint8Array,
  bytes: Uint8Array,
): Promise<CertificateClaims | undefined> {
  const decoded = certificate.decode(bytes)
  if (decoded === undefined) return undefined
  const valid = await crypto.verify(serverIdentity, signedBytes(decoded.claims), decoded.signature)
  return valid ? decoded.claims : undefined
}

/** The claims without a look at the signature: only for the server that issued it. */
export const readCertificate = (bytes: Uint8Array): CertificateClaims | undefined => certificate.decode(bytes)?.claims

/** True when both certify the same key of the same client of the same account, whenever they were issued. */
export const sameClient = (a: CertificateClaims, b: CertificateClaims): boolean =>
  a.accountId === b.accountId && a.clientId === b.clientId && equalConstantTime(a.signatureKey, b.signatureKey)
