import { equalConstantTime, utf8 } from "@sourceprint/core/bytes.js"
import type { Clock } from "@sourceprint/core/clock.js"
import { AppError } from "@sourceprint/core/errors.js"
import { ANSWER_TIMEOUT_MS, ClientPeer, malformed } from "./client-peer.js"
import type { CryptoProvider } from "./crypto-provider.js"
import { type Device, proveDevice, signCapture } from "./device-signature.js"
import { type FaceFrame, faceBundleBytes } from "./face-bundle.js"
import type { FaceProgress } from "./face-progress.js"
import type { FactorSet } from "./factor-set.js"
import type { FramePort } from "./frame-port.js"
import { type Handshake, openHandshake } from "./handshake.js"
import { extendTranscript, sessionKeys } from "./key-schedule.js"
import { type ClientMessage, clientMessage, MessageType, Modality } from "./message.js"
import type { KeyStretching } from "./opaque.js"
import type { PasswordProof } from "./password-proof.js"
import { type Progress, Stage } from "./scanner-progress.js"
import { SecureChannel } from "./secure-channel.js"
import {
  type BusyMessage,
  type ChallengeMessage,
  type DecisionMessage,
  type FaceChallengeMessage,
  isStep,
  type NextChallenge,
  type ScannersMessage,
  type SessionStep,
} from "./session-step.js"

/** What a session needs from its program. */
export interface ClientDeps {
  readonly crypto: CryptoProvider
  readonly clock: Clock
  /** True when this is the identity key (32 bytes) that the caller pinned. */
  trusts(identity: Uint8Array): boolean | Promise<boolean>
  /** How long to wait for an answer; 60 s unless told. */
  readonly answerTimeoutMs?: number
  /** Where the password is proved; on this thread unless told. */
  readonly passwords?: PasswordProof
}

/** What a person types. */
export interface Credentials {
  /** Canonical, see `canonicalName`. */
  readonly name: string
  readonly password: string
  /** Absent: a browser under a policy that asks for no scanner. */
  readonly device?: Device
  /** `knownBrowserToken` of the last session of this name in this browser. */
  readonly knownBrowser?: Uint8Array | undefined
  readonly stretching?: KeyStretching
}

export interface Captured {
  readonly image: Uint8Array
  /** By this end's clock, ms since 1970. */
  readonly takenAtMs: number
  readonly modality?: Modality
}

/** The client's side of docs/protocol.md, in Node and in the browser. Every method throws AppError: "protocol/closed"
 *  when the connection ended, "protocol/malformed" when the server broke the protocol, "protocol/password" when the
 *  password does not belong to the name. After a throw the session is dead. */
export class ClientSession {
  private sequence = 0
  private readonly peer: ClientPeer

  private constructor(
    private readonly deps: ClientDeps,
    port: FramePort,
    private readonly handshake: Handshake,
    private readonly passwords: PasswordProof,
    readonly serverIdentity: Uint8Array,
  ) {
    this.peer = new ClientPeer(port, handshake.channel, deps.answerTimeoutMs)
  }

  /** Runs the handshake over an open connection. @throws AppError as every method, and what `deps` throw */
  static async open(deps: ClientDeps, port: FramePort): Promise<ClientSession> {
    // Loaded where it is used: a page that proves passwords in a worker does not carry the library twice.
    const passwords = deps.passwords ?? (await import("./local-password-proof.js")).localPasswordProof
    const handshake = await openHandshake(
      deps.crypto,
      port,
      (identity) => deps.trusts(identity),
      deps.answerTimeoutMs ?? ANSWER_TIMEOUT_MS,
    )
    return new ClientSession(deps, port, handshake, passwords, handshake.identity)
  }

  /** Names this connection; the device signs it. */
  get connectionHash(): Uint8Array {
    return this.handshake.h0
  }

  /** Ends the connection; what waits for the server is rejected. */
  close(): void {
    this.peer.close()
  }

  /** Proves the password; both ends have changed keys when this returns a challenge, the factors there are to choose
   *  from (`chooseFactors`) or a decision. After `busy` the same call may be made again on this session. */
  async signIn(credentials: Credentials): Promise<SessionStep> {
    const { name, password, device, knownBrowser, stretching } = credentials
    const login = await this.passwords.startLogin(password)
    const start = clientMessage.encode({
      type: MessageType.signInStart,
      name,
      clientTimeMs: this.deps.clock.nowMs(),
      device: device && (await proveDevice(device, this.handshake.h0)),
      ke1: login.ke1,
    })
    if (knownBrowser !== undefined) {
      await this.peer.send(clientMessage.encode({ type: MessageType.knownBrowser, token: knownBrowser }))
    }
    await this.peer.send(start)
    const answer = await this.peer.receive()
    if (answer.message.type === MessageType.busy) return answer.message
    if (answer.message.type === MessageType.decision) return this.verified(answer.message, start)
    if (answer.message.type !== MessageType.signInResponse) throw malformed()
    const finished = await login.finish(answer.message.ke2, name, stretching)
    if (finished === undefined) {
      throw new AppError("protocol/password", "the name and the password do not belong together")
    }
    const finish = clientMessage.encode({ type: MessageType.signInFinish, ke3: finished.ke3 })
    await this.peer.send(finish)
    const { crypto } = this.deps
    let transcript = this.handshake.h0
    for (const message of [start, answer.bytes, finish]) {
      transcript = await extendTranscript(crypto, transcript, message)
    }
    const keys = await sessionKeys(crypto, this.handshake.dh, finished.sessionKey, transcript)
    this.peer.changeKeys(await SecureChannel.create(crypto, keys, "client"))
    return this.step(finish)
  }

  /** Registers the password under the pinned server's channel and returns the first challenge (or a decision: pass
   *  where `enrolmentId` had been enrolled before, fail where the server refuses). */
  async enrol(
    credentials: Credentials & {
      readonly enrolmentId: Uint8Array
      readonly code: string
      readonly finger: string
    },
  ): Promise<SessionStep> {
    const { name, password, device, stretching, enrolmentId, code, finger } = credentials
    const registration = await this.passwords.startRegistration(password)
    const start = clientMessage.encode({
      type: MessageType.enrolStart,
      name,
      clientTimeMs: this.deps.clock.nowMs(),
      device: device && (await proveDevice(device, this.handshake.h0)),
      enrolmentId,
      code,
      finger,
      request: registration.request,
    })
    await this.peer.send(start)
    const { message } = await this.peer.receive()
    if (message.type === MessageType.busy) return message
    if (message.type === MessageType.decision) return this.verified(message, start)
    if (message.type !== MessageType.enrolResponse) throw malformed()
    const record = await registration.finish(message.response, name, stretching)
    if (record === undefined) throw malformed()
    const finish = clientMessage.encode({ type: MessageType.enrolRecord, record })
    await this.peer.send(finish)
    this.peer.allowLarge()
    return this.step(finish)
  }

  /** Answers a challenge with an image. After `retry` call `nextChallenge`; after `busy` call this again. */
  async capture(
    challenge: ChallengeMessage,
    device: Device,
    { image, takenAtMs, modality = Modality.finger }: Captured,
  ): Promise<DecisionMessage | BusyMessage> {
    const fields = {
      challenge: challenge.challenge,
      modality,
      captureTimeMs: takenAtMs,
      sequence: ++this.sequence,
      deviceId: device.deviceId,
      scannerId: device.scannerId,
      imageSha256: await this.deps.crypto.sha256(image),
    }
    const signature = await signCapture(device.signer, this.handshake.h0, fields)
    return this.request({ type: MessageType.capture, ...fields, signature, image })
  }

  /** Goes on, on this fresh connection, with the session whose pass carried `token` (32 bytes); nothing is proven
   *  again. Fail: the session has expired or was ended, sign in again. */
  async resume(token: Uint8Array): Promise<DecisionMessage | BusyMessage> {
    const answer = await this.request({
      type: MessageType.resume,
      token,
      clientTimeMs: this.deps.clock.nowMs(),
    })
    if (answer.type === MessageType.decision) this.peer.allowLarge()
    return answer
  }

  /** Takes one of the ways that the server offered, or several together, and returns the first challenge of it. */
  chooseFactors(chosen: FactorSet): Promise<SessionStep> {
    return this.asked({ type: MessageType.chooseFactors, chosen })
  }

  /** Answers a face challenge with pictures of the actions in their order, beginning and ending with a look straight
   *  ahead, and tells how far the server is. @throws RangeError for more frames or bytes than `face-bundle.ts`
   *  allows */
  async faceCapture(
    { challenge }: FaceChallengeMessage,
    { frames, takenAtMs }: { readonly frames: readonly FaceFrame[]; readonly takenAtMs: number },
    onProgress: (progress: FaceProgress) => void = () => {},
  ): Promise<DecisionMessage | BusyMessage> {
    const bundleSha256 = await this.deps.crypto.sha256(faceBundleBytes.encode(frames))
    const sequence = ++this.sequence
    const type = MessageType.faceCapture
    const capture = { type, challenge, captureTimeMs: takenAtMs, sequence, bundleSha256, frames }
    return this.request(capture, onProgress)
  }

  /** Answers a passkey challenge with what the browser's WebAuthn call gave, as JSON. */
  answerPasskey(answer: string): Promise<DecisionMessage | BusyMessage> {
    return this.request({ type: MessageType.passkeyAnswer, answer: utf8(answer) })
  }

  /** In a sign-in, in place of an answer to any challenge or of a choice: a recovery code instead of what is asked. */
  recover(code: string): Promise<DecisionMessage | BusyMessage> {
    return this.request({ type: MessageType.recovery, code })
  }

  /** Has a linked scanner of `scanners` (an empty id: the only one) take the capture. Tells what happens there while it
   *  waits, one step after another: a promise of the listener is awaited. Returns the list again where that scanner is
   *  gone, has a full line or gave no image. After `retry` call `nextStep`; a last capture may be followed by the
   *  challenge of another factor. */
  async chooseScanner(
    scannerId: string,
    onProgress: (progress: Progress) => void | Promise<void>,
  ): Promise<DecisionMessage | ScannersMessage> {
    const bytes = clientMessage.encode({ type: MessageType.chooseScanner, scannerId })
    await this.peer.send(bytes)
    let timeoutMs = this.peer.timeoutMs
    for (;;) {
      const { message } = await this.peer.receive(timeoutMs)
      if (message.type === MessageType.scanners) return message
      if (message.type === MessageType.decision) return this.verified(message, bytes)
      if (message.type !== MessageType.progress) throw malformed()
      // Nothing is heard while a person looks for the scanner.
      if (message.progress.stage === Stage.touch) timeoutMs = this.peer.timeoutMs + message.progress.windowMs
      await onProgress(message.progress)
    }
  }

  /** After a pass: asks for the captures of a further finger. */
  async addFinger(finger: string): Promise<ChallengeMessage | ScannersMessage | DecisionMessage> {
    const answer = await this.asked({ type: MessageType.addFinger, finger })
    const { challenge, scanners, decision } = MessageType
    if (answer.type === challenge || answer.type === scanners || answer.type === decision) return answer
    throw malformed()
  }

  /** The fresh challenge that follows a retry, where only fingers can be asked for. */
  async nextChallenge(): Promise<ChallengeMessage> {
    const next = await this.nextStep()
    if (next.type !== MessageType.challenge) throw malformed()
    return next
  }

  /** The challenge that follows a retry: of the same factor once more, or of the next one. */
  async nextStep(): Promise<NextChallenge> {
    const { message } = await this.peer.receive()
    if (!isStep(message) || message.type === MessageType.factors || message.type === MessageType.busy) throw malformed()
    if (message.type === MessageType.decision) throw malformed()
    return message
  }

  /** After a pass: bytes for what runs on top (chat). */
  sendApplication(channel: number, payload: Uint8Array): Promise<void> {
    return this.peer.send(clientMessage.encode({ type: MessageType.clientApplication, channel, payload }))
  }

  /** Waits for the next message of the server after a sign-in, without a time limit. */
  async receiveApplication(): Promise<{ readonly channel: number; readonly payload: Uint8Array }> {
    const { message } = await this.peer.receive(Number.POSITIVE_INFINITY)
    if (message.type !== MessageType.serverApplication) throw malformed()
    return message
  }

  /** Sends a message as it is and returns the answer; `capture` is this with a signature. */
  async request(
    message: ClientMessage,
    onProgress?: (progress: FaceProgress) => void,
  ): Promise<DecisionMessage | BusyMessage> {
    const answer = await this.asked(message, onProgress)
    if (answer.type !== MessageType.decision && answer.type !== MessageType.busy) throw malformed()
    return answer
  }

  private async asked(message: ClientMessage, onProgress?: (progress: FaceProgress) => void): Promise<SessionStep> {
    const bytes = clientMessage.encode(message)
    await this.peer.send(bytes)
    return this.step(bytes, onProgress)
  }

  private async step(request: Uint8Array, onProgress?: (progress: FaceProgress) => void): Promise<SessionStep> {
    let { message } = await this.peer.receive()
    while (onProgress !== undefined && message.type === MessageType.faceProgress) {
      onProgress(message.progress)
      message = (await this.peer.receive()).message
    }
    if (!isStep(message)) throw malformed()
    return message.type === MessageType.decision ? this.verified(message, request) : message
  }

  /** A decision counts only for the request whose hash it carries. */
  private async verified(decision: DecisionMessage, request: Uint8Array): Promise<DecisionMessage> {
    if (!equalConstantTime(decision.requestSha256, await this.deps.crypto.sha256(request))) throw malformed()
    return decision
  }
}
