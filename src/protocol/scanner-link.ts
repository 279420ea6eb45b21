import { AppError } from "@sourceprint/core/errors.js"
import { ANSWER_TIMEOUT_MS, ClientPeer, malformed } from "./client-peer.js"
import type { ClientDeps } from "./client-session.js"
import { clockRefusedAt, clockWords } from "./clock-refusal.js"
import { type Device, proveDevice, signCapture } from "./device-signature.js"
import type { FramePort } from "./frame-port.js"
import { openHandshake } from "./handshake.js"
import { type ClientMessage, clientMessage, DeviceState, MessageType, Modality } from "./message.js"
import { type JobEnd, Stage, type TouchRequest } from "./scanner-progress.js"

const NO_CHALLENGE = new Uint8Array(32)

/** Why a device gives no image. */
export type NoTouch = typeof DeviceState.noFinger | typeof DeviceState.noScanner | typeof DeviceState.declined

/** What the program around a linked scanner does. */
export interface ScannerHandlers {
  /** Takes one touch for the person and purpose named. `capturing` is called when the finger lies on the platen. The
   *  signal is aborted when nobody waits for it any more. Must not throw. */
  touch(
    request: TouchRequest,
    job: { readonly signal: AbortSignal; capturing(): void },
  ): Promise<{ readonly image: Uint8Array; readonly takenAtMs: number } | NoTouch>
  /** What became of the last touch. */
  ended(end: JobEnd): void
}

/** A scanner device's standing connection: it says who it is once, then answers the server's challenges for people who
 *  sign in elsewhere. docs/protocol.md section 12 */
export class ScannerLink {
  private sequence = 0
  private asked: TouchRequest | undefined
  private job: { readonly challenge: Uint8Array; readonly abort: AbortController } | undefined

  private constructor(
    private readonly deps: ClientDeps,
    private readonly peer: ClientPeer,
    private readonly h0: Uint8Array,
    private readonly device: Device,
    private silentMs: number,
  ) {}

  /** @param words what people call this scanner, may be empty
   *  @throws AppError "protocol/refused" when no operator registered this device, "protocol/clock", "protocol/closed",
   *  "protocol/malformed", "protocol/identity" */
  static async open(deps: ClientDeps, port: FramePort, device: Device, words: string): Promise<ScannerLink> {
    const timeoutMs = deps.answerTimeoutMs ?? ANSWER_TIMEOUT_MS
    const handshake = await openHandshake(deps.crypto, port, (identity) => deps.trusts(identity), timeoutMs)
    const peer = new ClientPeer(port, handshake.channel, timeoutMs)
    const link = new ScannerLink(deps, peer, handshake.h0, device, timeoutMs)
    await link.send({
      type: MessageType.linkDevice,
      clientTimeMs: deps.clock.nowMs(),
      proof: await proveDevice(device, handshake.h0),
      words,
    })
    const { message: answer } = await peer.receive()
    if (answer.type === MessageType.decision) {
      const serverMs = clockRefusedAt(answer)
      if (serverMs !== undefined) throw new AppError("protocol/clock", clockWords(deps.clock.nowMs(), serverMs))
      throw new AppError(
        "protocol/refused",
        `the server does not take ${device.deviceId} with ${device.scannerId}: an operator must register its key`,
      )
    }
    if (answer.type !== MessageType.linked) throw malformed()
    link.silentMs = 2 * answer.everyMs
    return link
  }

  close(): void {
    this.peer.close()
  }

  /** Serves until the connection ends. @throws AppError "protocol/closed", "protocol/malformed" */
  async serve(handlers: ScannerHandlers): Promise<never> {
    try {
      for (;;) await this.handle(handlers)
    } finally {
      this.job?.abort.abort()
      this.peer.close()
    }
  }

  private async handle(handlers: ScannerHandlers): Promise<void> {
    const { message } = await this.peer.receive(this.silentMs)
    if (message.type === MessageType.linked) {
      this.silentMs = 2 * message.everyMs
      return this.sendState(DeviceState.alive, NO_CHALLENGE)
    }
    if (message.type === MessageType.challenge) {
      const request = this.asked
      this.asked = undefined
      if (request === undefined) throw malformed()
      this.job?.abort.abort()
      const job = { challenge: message.challenge, abort: new AbortController() }
      this.job = job
      void this.take(job, request, handlers)
      return
    }
    if (message.type !== MessageType.progress) throw malformed()
    const { progress } = message
    if (progress.stage === Stage.touch) this.asked = progress
    else if (progress.stage === Stage.ended) {
      this.job?.abort.abort()
      this.job = undefined
      handlers.ended(progress.end)
    } else throw malformed()
  }

  private async take(
    job: { readonly challenge: Uint8Array; readonly abort: AbortController },
    request: TouchRequest,
    handlers: ScannerHandlers,
  ): Promise<void> {
    const { signal } = job.abort
    const capturing = (): void => {
      if (!signal.aborted) void this.sendState(DeviceState.capturing, job.challenge)
    }
    const touch = await handlers.touch(request, { signal, capturing })
    if (signal.aborted) return
    if (typeof touch === "number") return this.sendState(touch, job.challenge)
    const fields = {
      challenge: job.challenge,
      modality: Modality.finger,
      captureTimeMs: touch.takenAtMs,
      sequence: ++this.sequence,
      deviceId: this.device.deviceId,
      scannerId: this.device.scannerId,
      imageSha256: await this.deps.crypto.sha256(touch.image),
    }
    const signature = await signCapture(this.device.signer, this.h0, fields)
    return this.send({ type: MessageType.capture, ...fields, signature, image: touch.image })
  }

  private sendState(state: DeviceState, challenge: Uint8Array): Promise<void> {
    const clientTimeMs = this.deps.clock.nowMs()
    return this.send({ type: MessageType.deviceState, state, clientTimeMs, challenge })
  }

  /** A carrier that broke shows itself in `receive`. */
  private async send(message: ClientMessage): Promise<void> {
    await this.peer.send(clientMessage.encode(message))
  }
}
