import { concat, utf8 } from "@sourceprint/core/bytes.js"
import { channel, toClient, toServer } from "./channel.js"
import { code, fixed } from "./codec.js"
import type { CryptoProvider, Signer } from "./crypto-provider.js"

const SIGNATURE_BYTES = 64
const SERVER_HELLO_LABEL = utf8("sourceprint/1 server hello")

const clientFields = {
  version: code({ sourceprint1: 1 }),
  suite: code({ opaqueAead: 1 }),
  random: fixed(32),
  /** X25519. */
  ephemeral: fixed(32),
} as const

/** docs/protocol.md section 3 */
export const hello = channel({
  clientHello: toServer(0x01, clientFields),
  serverHello: toClient(0x02, {
    ...clientFields,
    /** Ed25519. */
    identity: fixed(32),
    signature: fixed(SIGNATURE_BYTES),
  }),
})

export const newClientHello = (crypto: CryptoProvider, ephemeral: Uint8Array): Uint8Array<ArrayBuffer> =>
  hello.toServer.encode({
    type: "clientHello",
    version: 1,
    suite: 1,
    random: crypto.randomBytes(32),
    ephemeral,
  })

async function signedBytes(crypto: CryptoProvider, client: Uint8Array, server: Uint8Array): Promise<Uint8Array> {
  const unsigned = server.subarray(0, server.length - SIGNATURE_BYTES)
  return concat([SERVER_HELLO_LABEL, await crypto.sha256(concat([client, unsigned]))])
}

/** The server's answer to the client's hello (its whole body). */
export async function signServerHello(
  crypto: CryptoProvider,
  identity: Signer,
  client: Uint8Array,
  ephemeral: Uint8Array,
): Promise<Uint8Array> {
  const unsigned = {
    type: "serverHello",
    version: 1,
    suite: 1,
    random: crypto.randomBytes(32),
    ephemeral,
    identity: identity.publicKey,
  } as const
  const draft = hello.toClient.encode({ ...unsigned, signature: new Uint8Array(SIGNATURE_BYTES) })
  const signature = await identity.sign(await signedBytes(crypto, client, draft))
  return hello.toClient.encode({ ...unsigned, signature })
}

/** True when the identity named in the server's hello signed exactly these two. */
export async function verifyServerHello(
  crypto: CryptoProvider,
  client: Uint8Array,
  server: Uint8Array,
): Promise<boolean> {
  const decoded = hello.toClient.decode(server)
  if (decoded === undefined) return false
  return crypto.verify(decoded.identity, await signedBytes(crypto, client, server), decoded.signature)
}
