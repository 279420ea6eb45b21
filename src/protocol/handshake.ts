import { AppError } from "@sourceprint/core/errors.js"
import type { CryptoProvider, Signer } from "./crypto-provider.js"
import { FrameLimit } from "./frame.js"
import type { FramePort } from "./frame-port.js"
import { hello, newClientHello, signServerHello, verifyServerHello } from "./hello.js"
import { handshakeKeys, helloHash } from "./key-schedule.js"
import { SecureChannel } from "./secure-channel.js"

/** A connection after the two hellos. */
export interface Handshake {
  /** Names the connection; device signatures cover it. 32 bytes */
  readonly h0: Uint8Array
  /** The X25519 secret, 32 bytes; the session keys mix it with OPAQUE's. */
  readonly dh: Uint8Array
  readonly channel: SecureChannel
}

/** The server's end. Undefined for a malformed hello or a key of small order: close, say nothing. */
export async function acceptHello(
  crypto: CryptoProvider,
  identity: Signer,
  clientHello: Uint8Array,
): Promise<(Handshake & { readonly serverHello: Uint8Array }) | undefined> {
  const decoded = hello.toServer.decode(clientHello)
  if (decoded === undefined) return undefined
  const ephemeral = await crypto.keyAgreement()
  const dh = await ephemeral.agree(decoded.ephemeral)
  if (dh === undefined) return undefined
  const serverHello = await signServerHello(crypto, identity, clientHello, ephemeral.publicKey)
  const h0 = await helloHash(crypto, clientHello, serverHello)
  const channel = await SecureChannel.create(crypto, await handshakeKeys(crypto, dh, h0), "server")
  return { h0, dh, channel, serverHello }
}

/** The client's end. `trusts` compares the server's identity key with the pinned one.
 *  @throws AppError "protocol/closed", "protocol/malformed", "protocol/identity" */
export async function openHandshake(
  crypto: CryptoProvider,
  port: FramePort,
  trusts: (identity: Uint8Array) => boolean | Promise<boolean>,
  timeoutMs: number,
): Promise<Handshake & { readonly identity: Uint8Array }> {
  const ephemeral = await crypto.keyAgreement()
  const clientHello = newClientHello(crypto, ephemeral.publicKey)
  await port.send(clientHello)
  const serverHello = await port.receive(FrameLimit.hello, timeoutMs)
  if (typeof serverHello === "string") throw new AppError("protocol/closed", "the server closed the connection")
  const decoded = hello.toClient.decode(serverHello)
  const dh = decoded && (await ephemeral.agree(decoded.ephemeral))
  if (decoded === undefined || dh === undefined || !(await verifyServerHello(crypto, clientHello, serverHello))) {
    throw new AppError("protocol/malformed", "what answers at this address does not speak the sourceprint protocol")
  }
  if (!(await trusts(decoded.identity))) {
    throw new AppError(
      "protocol/identity",
      "the server's identity key is not the one known for this address; if the server was set up again, " +
        "compare its fingerprint with the operator and remove the old pin",
    )
  }
  const h0 = await helloHash(crypto, clientHello, serverHello)
  const channel = await SecureChannel.create(crypto, await handshakeKeys(crypto, dh, h0), "client")
  return { h0, dh, channel, identity: decoded.identity }
}
