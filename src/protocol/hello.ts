import { concat, utf8 } from "@sourceprint/core/bytes.js"
import { ByteReader } from "./byte-reader.js"
import type { CryptoProvider, Signer } from "./crypto-provider.js"

const PROTOCOL_VERSION = 1
const SuiteId = { opaqueAead: 1 } as const

const CLIENT_HELLO = 0x01
const SERVER_HELLO = 0x02
const SIGNATURE_BYTES = 64
const SERVER_HELLO_LABEL = utf8("sourceprint/1 server hello")

/** docs/protocol.md section 3 */
export interface ClientHello {
  readonly random: Uint8Array // 32 bytes
  readonly ephemeral: Uint8Array // X25519, 32 bytes
}

export interface ServerHello {
  readonly random: Uint8Array // 32 bytes
  readonly ephemeral: Uint8Array // X25519, 32 bytes
  readonly identity: Uint8Array // Ed25519, 32 bytes
  readonly signature: Uint8Array // 64 bytes
}

export const encodeClientHello = (hello: ClientHello): Uint8Array<ArrayBuffer> =>
  concat([Uint8Array.of(CLIENT_HELLO, PROTOCOL_VERSION, SuiteId.opaqueAead), hello.random, hello.ephemeral])

/** Undefined for anything malformed, another version or another suite. */
export function decodeClientHello(body: Uint8Array): ClientHello | undefined {
  const reader = new ByteReader(body)
  reader.require(reader.u8() === CLIENT_HELLO)
  reader.require(reader.u8() === PROTOCOL_VERSION)
  reader.require(reader.u8() === SuiteId.opaqueAead)
  return reader.finish({ random: reader.fixed(32), ephemeral: reader.fixed(32) })
}

const encodeServerHello = (hello: ServerHello): Uint8Array<ArrayBuffer> =>
  concat([
    Uint8Array.of(SERVER_HELLO, PROTOCOL_VERSION, SuiteId.opaqueAead),
    hello.random,
    hello.ephemeral,
    hello.identity,
    hello.signature,
  ])

export function decodeServerHello(body: Uint8Array): ServerHello | undefined {
  const reader = new ByteReader(body)
  reader.require(reader.u8() === SERVER_HELLO)
  reader.require(reader.u8() === PROTOCOL_VERSION)
  reader.require(reader.u8() === SuiteId.opaqueAead)
  return reader.finish({
    random: reader.fixed(32),
    ephemeral: reader.fixed(32),
    identity: reader.fixed(32),
    signature: reader.fixed(SIGNATURE_BYTES),
  })
}

async function signedBytes(
  crypto: CryptoProvider,
  clientHello: Uint8Array,
  serverHello: Uint8Array,
): Promise<Uint8Array> {
  const unsigned = serverHello.subarray(0, serverHello.length - SIGNATURE_BYTES)
  return concat([SERVER_HELLO_LABEL, await crypto.sha256(concat([clientHello, unsigned]))])
}

/** The server's answer to `clientHello` (its whole body). */
export async function signServerHello(
  crypto: CryptoProvider,
  identity: Signer,
  clientHello: Uint8Array,
  ephemeral: Uint8Array,
): Promise<Uint8Array> {
  const hello = { random: crypto.randomBytes(32), ephemeral, identity: identity.publicKey }
  const draft = encodeServerHello({ ...hello, signature: new Uint8Array(SIGNATURE_BYTES) })
  const signature = await identity.sign(await signedBytes(crypto, clientHello, draft))
  return encodeServerHello({ ...hello, signature })
}

/** True when the identity named in `serverHello` signed exactly these two hellos. */
export async function verifyServerHello(
  crypto: CryptoProvider,
  clientHello: Uint8Array,
  serverHello: Uint8Array,
): Promise<boolean> {
  const hello = decodeServerHello(serverHello)
  if (hello === undefined) return false
  return crypto.verify(hello.identity, await signedBytes(crypto, clientHello, serverHello), hello.signature)
}
