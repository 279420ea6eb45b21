/** The primitives that the protocol stands on. One implementation, `web-crypto.ts`, serves Node and the browser; the
 *  port exists so that a hardware key or another library can take its place without touching a message. */
export interface CryptoProvider {
  /** From the platform's secure source. */
  randomBytes(sizeBytes: number): Uint8Array
  /** @returns 32 bytes */
  sha256(bytes: Uint8Array): Promise<Uint8Array>
  /** HKDF-SHA-256 (RFC 5869). */
  hkdf(ikm: Uint8Array, salt: Uint8Array, info: Uint8Array, sizeBytes: number): Promise<Uint8Array>
  /** @returns 32 bytes */
  hmacSha256(key: Uint8Array, bytes: Uint8Array): Promise<Uint8Array>
  /** AES-256-GCM; `key` is 32 bytes. */
  aead(key: Uint8Array): Promise<Aead>
  /** A fresh X25519 key pair (RFC 7748). */
  keyAgreement(): Promise<KeyAgreement>
  /** Ed25519 (RFC 8032) from a 32-byte seed. */
  signer(seed: Uint8Array): Promise<Signer>
  /** False for a bad signature and for a public key that is none. */
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean>
  /** AES-128-CBC with PKCS #7; only Fernet uses it. Decryption is undefined for bad padding. */
  aesCbcEncrypt(key: Uint8Array, iv: Uint8Array, plain: Uint8Array): Promise<Uint8Array>
  /** Undefined for bad padding. @param key 16 bytes @param iv 16 bytes */
  aesCbcDecrypt(key: Uint8Array, iv: Uint8Array, sealed: Uint8Array): Promise<Uint8Array | undefined>
}

export interface Aead {
  /** `nonce` is 12 bytes and must never repeat under this key. @returns ciphertext ‖ tag 16 */
  seal(nonce: Uint8Array, plain: Uint8Array, aad: Uint8Array): Promise<Uint8Array>
  /** Undefined when the tag does not verify. */
  open(nonce: Uint8Array, sealed: Uint8Array, aad: Uint8Array): Promise<Uint8Array | undefined>
}

export interface KeyAgreement {
  readonly publicKey: Uint8Array
  /** Undefined for a peer key of small order, whose secret would be all zero. */
  agree(peerPublicKey: Uint8Array): Promise<Uint8Array | undefined>
}

/** An Ed25519 key pair whose private half stays inside. */
export interface Signer {
  readonly publicKey: Uint8Array
  /** @returns 64 bytes */
  sign(message: Uint8Array): Promise<Uint8Array>
}
