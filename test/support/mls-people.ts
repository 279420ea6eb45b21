import { toHex, utf8 } from "@sourceprint/core/bytes.js"
import { type CertificateClaims, issueCertificate } from "@sourceprint/protocol/chat/certificate.js"
import {
  newKeyPackage,
  newSignatureKeys,
  type OwnKeyPackage,
  publicBytes,
  readClaimedPackage,
  type SignatureKeyPair,
} from "@sourceprint/protocol/chat/mls/key-package.js"
import { type MlsContext, openMlsContext } from "@sourceprint/protocol/chat/mls/mls-context.js"
import { MlsGroup } from "@sourceprint/protocol/chat/mls/mls-group.js"
import type { Signer } from "@sourceprint/protocol/crypto-provider.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"

export const chatId = (label: string): string => toHex(utf8(label.padEnd(16, ".").slice(0, 16)))
export const server: Signer = await webCrypto.signer(new Uint8Array(32).fill(3))
export const stranger: Signer = await webCrypto.signer(new Uint8Array(32).fill(4))

/** Somebody with keys and a certificate of `issuer`. */
export interface Person {
  readonly claims: CertificateClaims
  readonly keys: SignatureKeyPair
  readonly certificate: Uint8Array
  readonly own: OwnKeyPackage
}

export const honest: MlsContext = await openMlsContext(webCrypto, server.publicKey)
/** One who checks nobody. */
export const careless: MlsContext = {
  ...honest,
  config: { ...honest.config, authService: { validateCredential: () => Promise.resolve(true) } },
}

export async function person(
  name: string,
  { issuer = server, client = name, certified }: { issuer?: Signer; client?: string; certified?: Uint8Array } = {},
): Promise<Person> {
  const keys = await newSignatureKeys(honest)
  const claims: CertificateClaims = {
    accountId: chatId(name),
    name,
    clientId: chatId(client),
    signatureKey: certified ?? keys.publicKey,
    factors: ["password", "finger"],
    timeMs: 1,
  }
  const certificate = await issueCertificate(issuer, claims)
  return { claims, keys, certificate, own: await newKeyPackage(honest, certificate, keys) }
}

export const keyPackageOf = async (one: Person, context = honest) => {
  const read = await readClaimedPackage(context, publicBytes(one.own))
  if (read === undefined) throw new Error(`the key package of ${one.claims.name} does not verify`)
  return read.keyPackage
}

/** A group of these persons, each with their own state, the first of them its maker. */
export async function groupOf(roomId: string, people: readonly Person[]): Promise<MlsGroup[]> {
  const [maker, ...others] = people
  const alone = await MlsGroup.create(honest, roomId, maker.own)
  const packages = await Promise.all(others.map((one) => keyPackageOf(one)))
  const made = await alone.commit(chatId("first"), packages, [])
  const joined = await Promise.all(
    others.map(async ({ own }) => {
      const find = (reference: string) => Promise.resolve(reference === own.reference ? own : undefined)
      return (await MlsGroup.join(honest, roomId, 0, made.welcome, find)).group
    }),
  )
  return [made.group, ...joined]
}
