import { toHex } from "@sourceprint/core/bytes.js"
import {
  defaultCapabilities,
  defaultLifetime,
  encodeMlsMessage,
  generateKeyPackageWithKey,
  type KeyPackage,
  type PrivateKeyPackage,
} from "ts-mls"
import { makeKeyPackageRef } from "ts-mls/keyPackage.js"
import { blob32, struct, whole } from "../../codec.js"
import type { CertificateClaims } from "../certificate.js"
import { claimsOf, type MlsContext } from "./mls-context.js"
import { decodeMls } from "./sealed-item.js"

/** Ed25519, made on this device, in the form that the MLS library takes (PKCS #8 for the private half). */
export interface SignatureKeyPair {
  readonly publicKey: Uint8Array
  readonly signKey: Uint8Array
}

/** A key package with its private halves; never leaves the device. */
export interface OwnKeyPackage {
  /** How a welcome names it: hex of the reference of RFC 9420 section 5.2. */
  readonly reference: string
  readonly publicPackage: KeyPackage
  readonly privatePackage: PrivateKeyPackage
}

export const newSignatureKeys = (context: MlsContext): Promise<SignatureKeyPair> => context.suite.signature.keygen()

const encodeKeyPackage = (keyPackage: KeyPackage): Uint8Array =>
  encodeMlsMessage({ version: "mls10", wireformat: "mls_key_package", keyPackage })

function decodeKeyPackage(bytes: Uint8Array): KeyPackage | undefined {
  const message = decodeMls(bytes)
  return message?.wireformat === "mls_key_package" ? message.keyPackage : undefined
}

export async function newKeyPackage(
  context: MlsContext,
  certificate: Uint8Array,
  keys: SignatureKeyPair,
): Promise<OwnKeyPackage> {
  const { suite } = context
  const made = await generateKeyPackageWithKey(
    { credentialType: "basic", identity: certificate },
    defaultCapabilities(),
    // Without an end: a person who was away for long can still be added. The server hands each out once.
    defaultLifetime,
    [],
    keys,
    suite,
  )
  const reference = toHex(await makeKeyPackageRef(made.publicPackage, suite.hash))
  return { reference, ...made }
}

/** What travels to the server. */
export const publicBytes = (own: OwnKeyPackage): Uint8Array => encodeKeyPackage(own.publicPackage)

const stored = whole(
  struct({ keyPackage: blob32(4_096), init: blob32(256), hpke: blob32(256), signature: blob32(256) }),
)

export const encodeOwnKeyPackage = ({ publicPackage, privatePackage }: OwnKeyPackage): Uint8Array =>
  stored.encode({
    keyPackage: encodeKeyPackage(publicPackage),
    init: privatePackage.initPrivateKey,
    hpke: privatePackage.hpkePrivateKey,
    signature: privatePackage.signaturePrivateKey,
  })

/** `reference` is the name that it was stored under. */
export function decodeOwnKeyPackage(reference: string, bytes: Uint8Array): OwnKeyPackage | undefined {
  const fields = stored.decode(bytes)
  const publicPackage = fields && decodeKeyPackage(fields.keyPackage)
  if (fields === undefined || publicPackage === undefined) return undefined
  const { init, hpke, signature } = fields
  return {
    reference,
    publicPackage,
    privatePackage: { initPrivateKey: init, hpkePrivateKey: hpke, signaturePrivateKey: signature },
  }
}

/** Somebody's key package as the server handed it out, or undefined unless its credential is a certificate of the
 *  pinned server. The library verifies its signatures when it is added. */
export async function readClaimedPackage(
  { config }: MlsContext,
  bytes: Uint8Array,
): Promise<{ readonly keyPackage: KeyPackage; readonly claims: CertificateClaims } | undefined> {
  const keyPackage = decodeKeyPackage(bytes)
  if (keyPackage === undefined) return undefined
  const { credential, signaturePublicKey } = keyPackage.leafNode
  if (!(await config.authService.validateCredential(credential, signaturePublicKey))) return undefined
  return { keyPackage, claims: claimsOf(credential) }
}
