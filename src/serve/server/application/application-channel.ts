import type { Router } from "express"
import type { ChatStore } from "../../store/chat/chat-store.js"
import type { OpenedStore } from "../../store/open-store.js"
import type { AuditAnchor } from "../audit-anchor.js"
import type { AuthDeps } from "../auth/auth-deps.js"
import type { HealthCheck } from "../health.js"
import type { ServeConfig } from "../serve-config.js"
import type { ChannelHandler } from "./channel.js"
import type { NeedsOf } from "./needs.js"

/** What a channel is made from. */
export interface ChannelHost {
  readonly config: ServeConfig
  readonly opened: OpenedStore
  readonly deps: AuthDeps
  readonly chat: ChatStore
  readonly anchor: Pick<AuditAnchor, "last">
}

export interface ApplicationChannel {
  /** One of `Channel`. */
  readonly id: number
  readonly handler: ChannelHandler
  /** What its requests need beside a valid session; absent: nothing. */
  readonly needs?: NeedsOf
  /** What it serves over HTTP beside, if anything. */
  readonly routes?: Router
  /** Part of the server's health. */
  readonly check?: HealthCheck
  /** Called after the last connection has ended. */
  stop(): Promise<void>
}

export type ChannelMaker = (host: ChannelHost) => Promise<ApplicationChannel> | ApplicationChannel
