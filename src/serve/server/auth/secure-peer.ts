import { within } from "@sourceprint/core/async/delay.js"
import { FrameLimit } from "@sourceprint/protocol/frame.js"
import type { FramePort, PortEnd } from "@sourceprint/protocol/frame-port.js"
import {
  type ClientMessage,
  clientMessage,
  MessageType,
  Outcome,
  type ServerMessage,
  serverMessage,
} from "@sourceprint/protocol/message.js"
import type { SecureChannel } from "@sourceprint/protocol/secure-channel.js"
import { type InTurn, isInTurn, type Turn } from "./turns.js"

/** Why the message that was waited for did not come; "recovery": a recovery code came in its place. */
export type PeerEnd = "size" | "decryption" | "timeout" | "closed" | "recovery"

export type Received<Type extends ClientMessage["type"]> = {
  readonly message: Extract<ClientMessage, { type: Type }>
  readonly bytes: Uint8Array
}

const NO_TOKEN = new Uint8Array(32)

/** The server's end of a connection after the hello: messages in and out, sealed. */
export class SecurePeer {
  private limitBytes: number = FrameLimit.handshake
  private takesRecovery = false
  private admits: (() => Promise<boolean>) | undefined
  private recovery: Received<typeof MessageType.recovery> | undefined
  /** Read while nothing was expected, for the next `receive`. */
  private ahead: Promise<Uint8Array | PortEnd> | undefined

  constructor(
    private readonly port: FramePort,
    private channel: SecureChannel,
  ) {}

  /** From now on the peer may send a recovery code in place of what it is asked for, once. */
  allowRecovery(): void {
    this.takesRecovery = true
  }

  /** The recovery code that came. */
  get recoveryMessage(): Received<typeof MessageType.recovery> | undefined {
    return this.recovery
  }

  /** From now on every message is asked about first; where the answer is no the connection ends. */
  guardWith(admits: (() => Promise<boolean>) | undefined): void {
    this.admits = admits
  }

  /** Session keys from the next record on, both ways. */
  changeKeys(channel: SecureChannel): void {
    this.channel = channel
    this.allowImages()
  }

  allowImages(): void {
    this.limitBytes = FrameLimit.session
  }

  /** The next message, if it is one of these turns; a message out of turn is as bad as a broken one. */
  async receive<T extends Turn>(
    turns: readonly T[],
    timeoutMs?: number,
  ): Promise<{ readonly message: InTurn<T>; readonly bytes: Uint8Array } | PeerEnd> {
    const body = await this.nextBody(timeoutMs)
    if (typeof body === "string") return body
    const bytes = await this.channel.open(body)
    const message = bytes && clientMessage.decode(bytes)
    if (bytes === undefined || message === undefined) return "decryption"
    if (message.type === MessageType.recovery && this.takesRecovery) {
      this.takesRecovery = false
      this.recovery = { message, bytes }
      return "recovery"
    }
    if (!isInTurn(message, turns)) return "decryption"
    if (this.admits === undefined || (await this.admits())) return { message, bytes }
    this.close()
    return "closed"
  }

  close(): void {
    this.port.close()
  }

  /** Resolves when the peer leaves while something else is awaited. What it says meanwhile, one frame at most, waits
   *  for the next `receive`. */
  whenGone(): Promise<void> {
    this.ahead ??= this.port.receive(this.limitBytes)
    const { ahead } = this
    return new Promise((resolve) => void ahead.then((body) => typeof body === "string" && resolve()))
  }

  private async nextBody(timeoutMs: number | undefined): Promise<Uint8Array | PortEnd> {
    const { ahead } = this
    if (ahead === undefined) return this.port.receive(this.limitBytes, timeoutMs)
    this.ahead = undefined
    if (timeoutMs === undefined) return ahead
    const body = await within(ahead, timeoutMs, "timeout")
    if (body === "timeout") this.port.close()
    return body
  }

  async send(message: ServerMessage): Promise<Uint8Array> {
    const bytes = serverMessage.encode(message)
    await this.port.send(await this.channel.seal(bytes))
    return bytes
  }

  /** Refuses the first message of a peer. One whose clock is off learns our time, and nothing else: a computer that has
   *  lost its clock cannot know. @param why of the audit log */
  refuseClaim(why: "device" | "freshness", requestSha256: Uint8Array, nowMs: number): Promise<void> {
    const pass = why === "freshness" ? { token: NO_TOKEN, expiresAtMs: nowMs } : undefined
    return this.decide(Outcome.fail, requestSha256, pass)
  }

  /** Pass carries a token; fail and retry have the same bytes in its place. */
  async decide(
    outcome: Outcome,
    requestSha256: Uint8Array,
    pass?: { readonly token: Uint8Array; readonly expiresAtMs: number },
  ): Promise<void> {
    await this.send({
      type: MessageType.decision,
      outcome,
      requestSha256,
      token: pass?.token ?? NO_TOKEN,
      expiresAtMs: pass?.expiresAtMs ?? 0,
    })
  }
}
