import { AppError } from "@sourceprint/core/errors.js"
import type { ClientSession } from "../client-session.js"
import {
  type Answer,
  applicationAnswer,
  applicationEvent,
  applicationRequest,
  Channel,
  MAX_APPLICATION_BODY_BYTES,
  SILENCE_MS,
} from "./application-frame.js"

const ANSWER_TIMEOUT_MS = 60_000
const MAX_ID = 0xffffffff

interface Outstanding {
  readonly channel: number
  resolve(body: Uint8Array): void
  reject(error: AppError): void
  readonly timer: ReturnType<typeof setTimeout>
}

/** The client's end of everything that runs over a session after its pass: requests with answers and events from the
 *  server, on numbered channels. From its construction the link owns the session. docs/protocol.md, Application
 *  channels */
export class ApplicationLink {
  private lastId = 0
  private readonly outstanding = new Map<number, Outstanding>()
  private readonly listeners = new Map<number, (body: Uint8Array) => void>()
  private ended: AppError | undefined
  private heardAtMs = performance.now()
  /** Resolves when the connection has ended, whoever ended it. */
  readonly closed: Promise<void>

  constructor(
    private readonly session: Pick<ClientSession, "sendApplication" | "receiveApplication" | "close">,
    private readonly silenceMs: number = SILENCE_MS,
  ) {
    this.closed = this.read()
    this.sendKeepAlive() // until it has heard from us the server does not know what this connection is for
  }

  /** The body of the answer. Requests of one channel are answered in the order in which they were made.
   *  @throws AppError "application/refused/<code>" with the server's words, "application/busy", "application/timeout",
   *  "application/closed" when the connection ended before the answer (the request may or may not have been done),
   *  "application/size" */
  request(channel: number, body: Uint8Array, timeoutMs = ANSWER_TIMEOUT_MS): Promise<Uint8Array> {
    if (this.ended !== undefined) return Promise.reject(this.ended)
    if (body.length > MAX_APPLICATION_BODY_BYTES) {
      const most = `a request holds at most ${MAX_APPLICATION_BODY_BYTES} bytes`
      return Promise.reject(new AppError("application/size", `${most}, this one has ${body.length}`))
    }
    const id = this.nextId()
    return new Promise((resolve, reject) => {
      const onTime = (): void => {
        this.outstanding.delete(id)
        reject(new AppError("application/timeout", "the server has not answered in time"))
      }
      const timer = setTimeout(onTime, timeoutMs)
      this.outstanding.set(id, { channel, resolve, reject, timer })
      this.send(channel, applicationRequest.encode({ id, body }))
    })
  }

  /** One listener a channel; it must not throw. Events that come while there is none are dropped. */
  onEvent(channel: number, listener: (body: Uint8Array) => void): void {
    this.listeners.set(channel, listener)
  }

  close(): void {
    this.end(new AppError("application/closed", "the connection was closed at this end"))
  }

  private nextId(): number {
    do this.lastId = this.lastId >= MAX_ID ? 1 : this.lastId + 1
    while (this.outstanding.has(this.lastId))
    return this.lastId
  }

  private send(channel: number, payload: Uint8Array): void {
    this.session.sendApplication(channel, payload).catch((cause: unknown) => this.lost(cause))
  }

  private sendKeepAlive(): void {
    this.send(Channel.keepAlive, new Uint8Array(0))
  }

  private async read(): Promise<void> {
    const watch = setInterval(() => {
      if (performance.now() - this.heardAtMs > this.silenceMs) {
        this.end(new AppError("application/closed", "the server has gone silent"))
      }
    }, this.silenceMs / 4)
    try {
      while (this.ended === undefined) {
        const { channel, payload } = await this.session.receiveApplication()
        this.heardAtMs = performance.now()
        if (channel === Channel.keepAlive) this.sendKeepAlive()
        else this.take(channel, payload)
      }
    } catch (cause) {
      this.lost(cause)
    } finally {
      clearInterval(watch)
    }
  }

  private take(channel: number, payload: Uint8Array): void {
    const event = applicationEvent.decode(payload)
    if (event !== undefined) {
      this.listeners.get(channel)?.(event.body)
      return
    }
    const received = applicationAnswer.decode(payload)
    if (received === undefined) {
      throw new AppError("protocol/malformed", "the server's answer is not one that the protocol allows here")
    }
    const { id, answer } = received
    const request = this.outstanding.get(id)
    if (request === undefined || request.channel !== channel) return // it came after the timeout
    this.outstanding.delete(id)
    clearTimeout(request.timer)
    if (answer.status === "ok") request.resolve(answer.body)
    else request.reject(errorOf(answer))
  }

  private lost(cause: unknown): void {
    this.end(new AppError("application/closed", "the connection to the server was lost", { cause }))
  }

  private end(error: AppError): void {
    if (this.ended !== undefined) return
    this.ended = error
    this.session.close()
    for (const { reject, timer } of this.outstanding.values()) {
      clearTimeout(timer)
      reject(error)
    }
    this.outstanding.clear()
  }
}

function errorOf(answer: Exclude<Answer, { status: "ok" }>): AppError {
  return answer.status === "busy"
    ? new AppError("application/busy", "the server is busy, try again in a moment")
    : new AppError(`application/refused/${answer.code}`, answer.words)
}
