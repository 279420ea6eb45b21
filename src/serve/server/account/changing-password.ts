import { nameKey } from "@sourceprint/protocol/account-name.js"
import { answerLogin, RECORD_BYTES, registrationResponse } from "@sourceprint/protocol/opaque.js"
import { type ChannelContext, refusal } from "../application/channel.js"
import type { AuthDeps } from "../auth/auth-deps.js"
import { byOwner } from "./by-owner.js"

/** Between the two messages the client stretches two passwords. */
const FINISH_MS = 120_000

interface Begun {
  readonly finish: (ke3: Uint8Array) => Uint8Array | undefined
  readonly sealedRecord: Uint8Array
  readonly untilMs: number
}

/** A new password for an account. A session alone is not enough, however young: the present password is proved by an
 *  OPAQUE login of its own, which counts against the attempt limits as a sign-in does. Each start is good for one
 *  finish. */
export class ChangingPassword {
  private begun: Begun | undefined

  constructor(
    private readonly deps: AuthDeps,
    private readonly context: ChannelContext,
  ) {}

  private get attempt() {
    const { account, session, clientAddress: address } = this.context
    return { nameKey: nameKey(account.name), accountId: account.id, deviceId: session.deviceId, address }
  }

  /** @throws refusal "limit", "account", "request" */
  async start(ke1: Uint8Array, request: Uint8Array): Promise<{ ke2: Uint8Array; response: Uint8Array }> {
    const { store, keys, secrets, clock, limits } = this.deps
    const { id, name } = this.context.account
    this.begun = undefined
    // Counted as failed until the proof is here: whoever finds the password wrong leaves without a word.
    const waitMs = await limits.admit(this.attempt, clock.nowMs())
    if (waitMs > 0) {
      await store.appendAudit([byOwner(this.deps, this.context, "limit")])
      const seconds = Math.ceil(waitMs / 1000)
      throw refusal("limit", `too many wrong passwords came in a short time: try again in ${seconds} s`)
    }
    const account = await store.account(id)
    if (account === undefined) throw refusal("account", "this account is gone")
    const { sealedRecord } = account
    const record = keys.open(sealedRecord, `account/${id}`)
    const login = answerLogin(secrets.opaqueSetup, nameKey(name), name, record, ke1)
    const response = registrationResponse(secrets.opaqueSetup, nameKey(name), request)
    if (login === undefined || response === undefined) throw refusal("request", "this is no start of a new password")
    this.begun = { finish: login.finish, sealedRecord, untilMs: clock.nowMs() + FINISH_MS }
    return { ke2: login.ke2, response }
  }

  /** @throws refusal "begin" where nothing was begun, or what was is over; "password", "request" */
  async finish(ke3: Uint8Array, record: Uint8Array, endOthers: boolean): Promise<null> {
    const { deps, context, begun } = this
    const { store, keys, clock, limits } = deps
    this.begun = undefined
    if (begun === undefined || clock.nowMs() > begun.untilMs) {
      throw refusal("begin", "this change has ended, or the connection was lost meanwhile: begin it again")
    }
    if (begun.finish(ke3) === undefined) {
      await store.appendAudit([byOwner(deps, context, "password")])
      throw refusal("password", "that is not the present password of this account")
    }
    if (record.length !== RECORD_BYTES) throw refusal("request", "this is no new password")
    await limits.passed(this.attempt)
    const { id } = context.account
    const sealed = keys.seal(record, `account/${id}`)
    const only = endOthers ? context.session.tokenHash : undefined
    const event = byOwner(deps, context, "password-changed")
    if (!(await store.changePassword(id, begun.sealedRecord, sealed, only, { ...event, detail: { endOthers } }))) {
      throw refusal("begin", "the password was changed elsewhere meanwhile: begin again with the new one")
    }
    return null
  }
}
