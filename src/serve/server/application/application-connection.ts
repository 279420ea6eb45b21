import type { Clock } from "@sourceprint/core/clock.js"
import { hasCode, messageOf } from "@sourceprint/core/errors.js"
import type { Log } from "@sourceprint/core/log.js"
import {
  type Answer,
  applicationAnswer,
  applicationEvent,
  applicationRequest,
  Channel,
  KEEP_ALIVE_MS,
  SILENCE_MS,
} from "@sourceprint/protocol/application/application-frame.js"
import { MessageType } from "@sourceprint/protocol/message.js"
import pLimit, { type LimitFunction } from "p-limit"
import type { Store } from "../../store/store.js"
import type { SignedIn } from "../auth/auth-deps.js"
import type { ServerMetrics } from "../metrics.js"
import { type ChannelContext, type ChannelHandler, refusalOf } from "./channel.js"
import { Outbox } from "./outbox.js"

export interface ApplicationDeps {
  readonly store: Store
  readonly clock: Clock
  readonly metrics: ServerMetrics
  readonly log: Log
}

/** Requests of one connection that may wait for their answers, and their bytes; beyond it the connection is not
 *  read. */
const MAX_OUTSTANDING = 64
const MAX_OUTSTANDING_BYTES = 4 * 2 ** 20
/** What may wait for a peer that reads slowly. */
const MAX_UNSENT_BYTES = 8 * 2 ** 20
/** Without a word to the application. */
const IDLE_MS = 120_000

/** One connection after its pass: reads requests, answers them, carries events. */
export class ApplicationConnection {
  private readonly outbox: Outbox
  private readonly contexts = new Map<number, ChannelContext>()
  private readonly lanes = new Map<number, LimitFunction>()
  private outstanding = 0
  private outstandingBytes = 0
  private roomMade: (() => void) | undefined
  private heardAtMs: number
  private enrolling: Promise<unknown> = Promise.resolve()
  private ending = false
  private over: () => void = () => {}
  private readonly closed = new Promise<void>((resolve) => {
    this.over = resolve
  })

  constructor(
    private readonly deps: ApplicationDeps,
    private readonly handlers: ReadonlyMap<number, ChannelHandler>,
    private readonly signedIn: SignedIn,
  ) {
    this.heardAtMs = deps.clock.monotonicMs()
    const { peer } = signedIn
    this.outbox = new Outbox(
      MAX_UNSENT_BYTES,
      async (payload, channel) => void (await peer.send({ type: MessageType.serverApplication, channel, payload })),
      (why) => {
        if (!this.ending) deps.metrics.outcome("application", why)
        this.close()
      },
    )
  }

  /** Ends when the peer leaves, is dropped, or its session is no longer valid. Until the first application message
   *  further fingers may be enrolled; from then on there are application messages alone. */
  async run(addFinger: (finger: string) => Promise<boolean>): Promise<void> {
    const { peer } = this.signedIn
    let heartbeat: ReturnType<typeof setInterval> | undefined
    try {
      while (!this.ending) {
        const begun = heartbeat !== undefined
        const received = await peer.receive(["passed"], begun ? undefined : IDLE_MS)
        if (typeof received === "string") return
        const { message } = received
        if (message.type === MessageType.addFinger) {
          if (begun) return
          this.enrolling = addFinger(message.finger)
          if (await this.enrolling) continue
          return
        }
        heartbeat ??= setInterval(() => this.beat(), KEEP_ALIVE_MS)
        this.heardAtMs = this.deps.clock.monotonicMs()
        if (message.channel === Channel.keepAlive) continue
        if (!this.take(message.channel, message.payload)) return
        await this.room()
      }
    } finally {
      clearInterval(heartbeat)
      this.close()
      this.over()
      await this.answered()
    }
  }

  close(): void {
    this.ending = true
    this.roomMade?.()
    this.signedIn.peer.close()
  }

  /** Reads nothing more, lets the requests that it has finish and closes. */
  async finish(): Promise<void> {
    this.ending = true
    await Promise.allSettled([this.enrolling, this.answered()])
    await this.outbox.flushed()
    this.close()
  }

  /** Says hello, and looks whether the peer is still there and still welcome. */
  private beat(): void {
    const { clock, store, log } = this.deps
    const reading = this.roomMade === undefined
    if (reading && clock.monotonicMs() - this.heardAtMs > SILENCE_MS) {
      this.close()
      return
    }
    this.outbox.send(Channel.keepAlive, new Uint8Array(0))
    store.session(this.signedIn.session.tokenHash, clock.nowMs()).then(
      (session) => {
        if (session === undefined) this.close() // expired, revoked, account disabled or deleted
      },
      (error: unknown) => log.error("application.session", { why: messageOf(error) }),
    )
  }

  private async room(): Promise<void> {
    while (!this.ending && (this.outstanding >= MAX_OUTSTANDING || this.outstandingBytes >= MAX_OUTSTANDING_BYTES)) {
      await new Promise<void>((resolve) => {
        this.roomMade = resolve
      })
      this.roomMade = undefined
      this.heardAtMs = this.deps.clock.monotonicMs() // it may have spoken while we did not listen
    }
  }

  /** False for a payload that is no request: the connection ends. */
  private take(channel: number, payload: Uint8Array): boolean {
    const request = applicationRequest.decode(payload)
    if (request === undefined) return false
    this.outstanding++
    this.outstandingBytes += payload.length
    const lane = this.lanes.get(channel) ?? pLimit(1)
    this.lanes.set(channel, lane)
    void lane(async () => {
      const answer = await this.answer(channel, request.body)
      this.outbox.send(channel, applicationAnswer.encode({ id: request.id, answer }))
      this.outstanding--
      this.outstandingBytes -= payload.length
      this.roomMade?.()
    })
    return true
  }

  private answered(): Promise<unknown> {
    return Promise.all([...this.lanes.values()].map((lane) => lane(() => {})))
  }

  private async answer(channel: number, body: Uint8Array): Promise<Answer> {
    const handler = this.handlers.get(channel)
    if (handler === undefined) {
      return { status: "refused", code: "channel", words: "this server does not offer that" }
    }
    try {
      const { metrics } = this.deps
      const handled = metrics.timed(`application.${channel}`, () => handler(this.context(channel), body))
      return { status: "ok", body: await handled }
    } catch (error) {
      if (hasCode(error, "busy")) return { status: "busy" }
      const refused = refusalOf(error)
      if (refused !== undefined) return { status: "refused", ...refused }
      this.deps.log.error("application.fault", { channel, why: messageOf(error) })
      return { status: "refused", code: "fault", words: "the server could not do this; it has been logged" }
    }
  }

  private context(channel: number): ChannelContext {
    let context = this.contexts.get(channel)
    if (context === undefined) {
      const { account, session, address } = this.signedIn
      context = {
        account,
        session,
        clientAddress: address,
        closed: this.closed,
        sendEvent: (body) => {
          if (!this.ending) this.outbox.send(channel, applicationEvent.encode({ id: 0, body }))
        },
        close: () => this.close(),
      }
      this.contexts.set(channel, context)
    }
    return context
  }
}
