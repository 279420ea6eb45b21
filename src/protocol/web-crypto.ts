import { fromBase64Url } from "@sourceprint/core/base64url.js"
import { concat, fromHex } from "@sourceprint/core/bytes.js"
import type { Aead, CryptoProvider } from "./crypto-provider.js"

const { subtle } = globalThis.crypto
/** Web Crypto's types ask for an ArrayBuffer behind the view; ours never lie on shared memory. */
const raw = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => bytes as Uint8Array<ArrayBuffer>
/** PKCS #8 of an Ed25519 seed is this and the seed (RFC 8410 section 7). */
const PKCS8_ED25519 = fromHex("302e020100300506032b657004220420")

/** Web Crypto reports a bad tag, padding or key by an OperationError or DataError, which says nothing more. */
async function orUndefined(work: Promise<ArrayBuffer>): Promise<Uint8Array | undefined> {
  try {
    return new Uint8Array(await work)
  } catch (error) {
    if (error instanceof DOMException) return undefined
    throw error
  }
}

const cbcKey = (key: Uint8Array, use: "encrypt" | "decrypt"): Promise<CryptoKey> =>
  subtle.importKey("raw", raw(key), "AES-CBC", false, [use])

/** AES-256-GCM under a key that Web Crypto holds, which may be one that nobody can read out. */
export function aeadOf(key: CryptoKey): Aead {
  const parameters = (nonce: Uint8Array, aad: Uint8Array): AesGcmParams => ({
    name: "AES-GCM",
    iv: raw(nonce),
    additionalData: raw(aad),
  })
  return {
    seal: async (nonce, plain, aad) => new Uint8Array(await subtle.encrypt(parameters(nonce, aad), key, raw(plain))),
    open: (nonce, sealed, aad) => orUndefined(subtle.decrypt(parameters(nonce, aad), key, raw(sealed))),
  }
}

/** CryptoProvider on Web Crypto: Node 20 and later, and browsers with X25519 and Ed25519 (Chromium 137, Firefox
 *  130). */
export const webCrypto: CryptoProvider = {
  randomBytes: (sizeBytes) => globalThis.crypto.getRandomValues(new Uint8Array(sizeBytes)),

  sha256: async (bytes) => new Uint8Array(await subtle.digest("SHA-256", raw(bytes))),

  async hkdf(ikm, salt, info, sizeBytes) {
    const key = await subtle.importKey("raw", raw(ikm), "HKDF", false, ["deriveBits"])
    const parameters = { name: "HKDF", hash: "SHA-256", salt: raw(salt), info: raw(info) }
    return new Uint8Array(await subtle.deriveBits(parameters, key, 8 * sizeBytes))
  },

  async hmacSha256(key, bytes) {
    const imported = await subtle.importKey("raw", raw(key), { name: "HMAC", hash: "SHA-256" }, false, ["sign"])
    return new Uint8Array(await subtle.sign("HMAC", imported, raw(bytes)))
  },

  async aead(key) {
    return aeadOf(await subtle.importKey("raw", raw(key), "AES-GCM", false, ["encrypt", "decrypt"]))
  },

  async keyAgreement() {
    const pair = (await subtle.generateKey("X25519", false, ["deriveBits"])) as CryptoKeyPair
    return {
      publicKey: new Uint8Array(await subtle.exportKey("raw", pair.publicKey)),
      async agree(peerPublicKey) {
        const peer = await subtle.importKey("raw", raw(peerPublicKey), "X25519", true, [])
        const secret = await orUndefined(subtle.deriveBits({ name: "X25519", public: peer }, pair.privateKey, 256))
        return secret?.some((byte) => byte !== 0) ? secret : undefined
      },
    }
  },

  async signer(seed) {
    const pkcs8 = concat([PKCS8_ED25519, seed])
    const extractable = await subtle.importKey("pkcs8", pkcs8, "Ed25519", true, ["sign"])
    const publicKey = fromBase64Url((await subtle.exportKey("jwk", extractable)).x ?? "")
    if (publicKey === undefined) throw new TypeError("the platform exported an Ed25519 key without x")
    const key = await subtle.importKey("pkcs8", pkcs8, "Ed25519", false, ["sign"])
    return {
      publicKey,
      sign: async (message) => new Uint8Array(await subtle.sign("Ed25519", key, raw(message))),
    }
  },

  async verify(publicKey, message, signature) {
    try {
      const key = await subtle.importKey("raw", raw(publicKey), "Ed25519", false, ["verify"])
      return await subtle.verify("Ed25519", key, raw(signature), raw(message))
    } catch (error) {
      if (error instanceof DOMException) return false
      throw error
    }
  },

  async aesCbcEncrypt(key, iv, plain) {
    const imported = await cbcKey(key, "encrypt")
    return new Uint8Array(await subtle.encrypt({ name: "AES-CBC", iv: raw(iv) }, imported, raw(plain)))
  },

  async aesCbcDecrypt(key, iv, sealed) {
    return orUndefined(subtle.decrypt({ name: "AES-CBC", iv: raw(iv) }, await cbcKey(key, "decrypt"), raw(sealed)))
  },
}
