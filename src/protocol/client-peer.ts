import { AppError } from "@sourceprint/core/errors.js"
import { FrameLimit } from "./frame.js"
import type { FramePort } from "./frame-port.js"
import { type ServerMessage, serverMessage } from "./message.js"
import type { SecureChannel } from "./secure-channel.js"

/** A server that says nothing for so long is as good as gone: the slowest it may be is a full queue of captures. */
export const ANSWER_TIMEOUT_MS = 60_000

export const malformed = (): AppError =>
  new AppError("protocol/malformed", "the server's answer is not one that the protocol allows here")

/** The client's end of a connection after the hello: messages in and out, sealed. */
export class ClientPeer {
  private limitBytes: number = FrameLimit.handshake

  constructor(
    private readonly port: FramePort,
    private channel: SecureChannel,
    /** How long to wait for an answer. */
    readonly timeoutMs: number = ANSWER_TIMEOUT_MS,
  ) {}

  close(): void {
    this.port.close()
  }

  /** Session keys from the next record on, both ways. */
  changeKeys(channel: SecureChannel): void {
    this.channel = channel
    this.allowLarge()
  }

  /** What comes from now on may be as large as in a session. */
  allowLarge(): void {
    this.limitBytes = FrameLimit.session
  }

  async send(message: Uint8Array): Promise<void> {
    await this.port.send(await this.channel.seal(message))
  }

  /** @param timeoutMs infinite: as long as it takes @throws AppError "protocol/closed", "protocol/malformed" */
  async receive(timeoutMs = this.timeoutMs): Promise<{ readonly message: ServerMessage; readonly bytes: Uint8Array }> {
    const body = await this.port.receive(this.limitBytes, Number.isFinite(timeoutMs) ? timeoutMs : undefined)
    if (typeof body === "string") {
      const what = body === "timeout" ? "the server does not answer" : "the server closed the connection"
      throw new AppError("protocol/closed", what)
    }
    const bytes = await this.channel.open(body)
    const message = bytes && serverMessage.decode(bytes)
    if (bytes === undefined || message === undefined) throw malformed()
    return { message, bytes }
  }
}
