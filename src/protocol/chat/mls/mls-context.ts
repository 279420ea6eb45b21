import { equalConstantTime } from "@sourceprint/core/bytes.js"
import {
  type CiphersuiteImpl,
  type ClientConfig,
  type Credential,
  defaultKeyPackageEqualityConfig,
  defaultLifetimeConfig,
  defaultPaddingConfig,
  getCiphersuiteFromName,
  getCiphersuiteImpl,
} from "ts-mls"
import type { CryptoProvider } from "../../crypto-provider.js"
import { type CertificateClaims, readCertificate, verifyCertificate } from "../certificate.js"

/** What every MLS operation of one client stands on. */
export interface MlsContext {
  readonly suite: CiphersuiteImpl
  readonly config: ClientConfig
}

/** `serverIdentity` is the pinned Ed25519 key whose certificates name the members: the library's own authentication
 *  service would accept anybody. */
export async function openMlsContext(crypto: CryptoProvider, serverIdentity: Uint8Array): Promise<MlsContext> {
  const name = getCiphersuiteFromName("MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519")
  return {
    suite: await getCiphersuiteImpl(name),
    config: {
      // Items arrive in the room's order and the server refuses posts of an old epoch: nothing of a past epoch is ever
      // read again. 0 would keep all epochs in ts-mls 1.6.4 (slice(-0)); MlsGroup drops the one that 1 leaves.
      keyRetentionConfig: {
        retainKeysForEpochs: 1,
        // Whoever sends does so in order: an earlier message after a later one was put there by the server.
        retainKeysForGenerations: 0,
        maximumForwardRatchetSteps: 200,
      },
      lifetimeConfig: defaultLifetimeConfig,
      keyPackageEqualityConfig: defaultKeyPackageEqualityConfig,
      paddingConfig: defaultPaddingConfig,
      authService: {
        async validateCredential(credential, signaturePublicKey) {
          if (credential.credentialType !== "basic") return false
          const claims = await verifyCertificate(crypto, serverIdentity, credential.identity)
          return claims !== undefined && equalConstantTime(claims.signatureKey, signaturePublicKey)
        },
      },
    },
  }
}

/** Trees of many states share their credentials, and lists of members are asked for often. */
const read = new WeakMap<Credential, CertificateClaims>()

/** The claims of a credential that the authentication service has accepted. */
export function claimsOf(credential: Credential): CertificateClaims {
  const known = read.get(credential)
  if (known !== undefined) return known
  const claims = credential.credentialType === "basic" ? readCertificate(credential.identity) : undefined
  if (claims === undefined) throw new TypeError("a leaf without a certificate passed the authentication service")
  read.set(credential, claims)
  return claims
}
