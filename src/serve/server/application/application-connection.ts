import { within } from "@sourceprint/core/async/delay.js"
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
import type { AddFinger, SignedIn } from "../auth/auth-deps.js"
import type { ServerMetrics } from "../metrics.js"
import { type ChannelContext, type ChannelHandler, refusalOf } from "./channel.js"
import type { Needs, NeedsOf } from "./needs.js"
import { Outbox } from "./outbox.js"
import { isSessionEnd, SessionGuard } from "./session-guard.js"
import type { UnderWayPart } from "./under-way.js"

export interface ApplicationDeps {
  readonly store: Store
  readonly clock: Clock
  readonly metrics: ServerMetrics
  readonly log: Log
}

/** What answers a channel, and what its requests need. */
export interface MountedChannel {
  readonly handler: ChannelHandler
  readonly needs: NeedsOf
}

/** Requests of one connection that may wait for their answers; beyond it the connection is not read. */
const MAX_OUTSTANDING = 64
/** How long the last answer of an ended session may take to its peer. */
const FAREWELL_MS = 1_000
/** Without a word to the application. */
const IDLE_MS = 120_000

/** One connection after its pass: reads requests, answers them, carries events. */
export class ApplicationConnection {
  private readonly outbox: Outbox
  private readonly contexts = new Map<number, ChannelContext>()
  private readonly lanes = new Map<number, LimitFunction>()
  private readonly guard: SessionGuard
  private outstanding = 0
  private paused = false
  private answeredOne: (() => void) | undefined
  private heardAtMs: number
  private enrolling: Promise<unknown> = Promise.resolve()
  private ending = false
  private over: () => void = () => {}
  private readonly closed = new Promise<void>((resolve) => {
    this.over = resolve
  })

  constructor(
    private readonly deps: ApplicationDeps,
    private readonly channels: ReadonlyMap<number, MountedChannel>,
    readonly signedIn: SignedIn,
    /** Requests that wait for their answers. */
    private readonly coming: UnderWayPart,
    /** Answers and events that the peer has not taken. */
    private readonly going: UnderWayPart,
  ) {
    this.guard = new SessionGuard(deps, signedIn.session)
    this.heardAtMs = deps.clock.monotonicMs()
    const { peer } = signedIn
    this.outbox = new Outbox(
      going,
      async (payload, channel) => void (await peer.send({ type: MessageType.serverApplication, channel, payload })),
      (why) => {
        if (!this.ending) deps.metrics.outcome("application", why)
        this.close()
      },
    )
  }

  /** Ends when the peer leaves, is dropped, or its session is no longer valid. Until the first application message
   *  further fingers may be enrolled; from then on there are application messages alone. */
  async run(addFinger: AddFinger): Promise<void> {
    const { peer } = this.signedIn
    let heartbeat: ReturnType<typeof setInterval> | undefined
    try {
      while (!this.ending) {
        const begun = heartbeat !== undefined
        const received = await peer.receive(["passed"], begun ? undefined : IDLE_MS)
        if (typeof received === "string") return
        const { message } = received
        if (message.type === MessageType.addFinger) {
          if (begun || !(await this.addFinger(message.finger, received.bytes, addFinger))) return
          continue
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
    this.coming.end()
    this.going.end()
    this.answeredOne?.()
    this.signedIn.peer.close()
  }

  /** Closes the connection where its session is no longer valid: what was answered is sent, and nothing else. */
  async recheck(): Promise<void> {
    if (!this.ending && (await this.guard.refusal({})) !== undefined) this.endSession()
  }

  private endSession(): void {
    void within(this.finish(), FAREWELL_MS, undefined).then(() => this.close())
  }

  /** Captures of a further finger: each message of it is asked about, not the first alone. */
  private async addFinger(finger: string, request: Uint8Array, add: AddFinger): Promise<boolean> {
    const admitted = async (): Promise<boolean> => (await this.guard.refusal({ fresh: true })) === undefined
    const { peer } = this.signedIn
    peer.guardWith(admitted)
    try {
      const added = add(finger, request, admitted)
      this.enrolling = added
      return await added
    } finally {
      peer.guardWith(undefined)
    }
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
    const { clock, log } = this.deps
    if (!this.paused && clock.monotonicMs() - this.heardAtMs > SILENCE_MS) {
      this.close()
      return
    }
    this.outbox.send(Channel.keepAlive, new Uint8Array(0))
    this.recheck().catch((error: unknown) => log.error("application.session", { why: messageOf(error) }))
  }

  /** Waits until there is room for another request. */
  private async room(): Promise<void> {
    while (!this.ending && (this.outstanding >= MAX_OUTSTANDING || !this.coming.hasRoom())) {
      this.paused = true
      const answeredOne = new Promise<void>((resolve) => {
        this.answeredOne = resolve
      })
      await Promise.race([answeredOne, this.coming.changed()])
      this.paused = false
      this.heardAtMs = this.deps.clock.monotonicMs() // it may have spoken while we did not listen
    }
  }

  /** A request waits here until the peer has taken enough of the answers before it. A peer that takes nothing is
   *  dropped by its port. */
  private async readersRoom(): Promise<void> {
    while (!this.ending && !this.going.hasRoom()) await this.going.changed()
  }

  /** False for a payload that is no request: the connection ends. */
  private take(channel: number, payload: Uint8Array): boolean {
    const request = applicationRequest.decode(payload)
    if (request === undefined) return false
    this.outstanding++
    this.coming.take(payload.length)
    const lane = this.lanes.get(channel) ?? pLimit(1)
    this.lanes.set(channel, lane)
    void lane(async () => {
      await this.readersRoom()
      const answer = await this.answer(channel, request.body)
      this.outbox.send(channel, applicationAnswer.encode({ id: request.id, answer }))
      this.outstanding--
      this.coming.give(payload.length)
      this.answeredOne?.()
    })
    return true
  }

  private answered(): Promise<unknown> {
    return Promise.all([...this.lanes.values()].map((lane) => lane(() => {})))
  }

  private async answer(channel: number, body: Uint8Array): Promise<Answer> {
    const mounted = this.channels.get(channel)
    if (mounted === undefined) {
      return { status: "refused", code: "channel", words: "this server does not offer that" }
    }
    try {
      const { metrics } = this.deps
      await this.require(mounted.needs(body))
      const context = this.context(channel)
      const handled = metrics.timed(`application.${channel}`, () => mounted.handler(context, body))
      return { status: "ok", body: await handled }
    } catch (error) {
      if (hasCode(error, "busy")) return { status: "busy" }
      const refused = refusalOf(error)
      if (refused !== undefined) return { status: "refused", ...refused }
      this.deps.log.error("application.fault", { channel, why: messageOf(error) })
      return { status: "refused", code: "fault", words: "the server could not do this; it has been logged" }
    }
  }

  /** @throws AppError a refusal, where the session may not have this done (any more) */
  private async require(needs: Needs): Promise<void> {
    const refused = await this.guard.refusal(needs)
    if (refused === undefined) return
    if (isSessionEnd(refused)) this.endSession()
    throw refused
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
        require: (needs) => this.require(needs),
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
