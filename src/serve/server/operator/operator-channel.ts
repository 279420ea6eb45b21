import { Channel } from "@sourceprint/protocol/application/application-frame.js"
import {
  encodeOperator,
  type OperatorAnswers,
  type OperatorRequest,
} from "@sourceprint/protocol/operator/operator-messages.js"
import { type ChannelContext, refusal } from "../application/channel.js"
import type { ApplicationChannel, ChannelMaker, ChannelWorld } from "../application/channel-table.js"
import { AuditFeed } from "./audit-feed.js"
import * as answers from "./operator-answers.js"
import { readOperatorRequest } from "./operator-request.js"
import type { OperatorSources } from "./operator-sources.js"
import { ReportTickets } from "./report-tickets.js"

/** What operators see and do from a page. Each request looks anew whether its account is an operator's. */
export const operatorChannel =
  (sources: OperatorSources): ChannelMaker =>
  (world): ApplicationChannel => {
    const { store, clock, log } = world.deps
    const feed = new AuditFeed(store, log)
    const tickets = new ReportTickets(sources.reportsFolder, clock)
    const parts = { world, sources, feed, tickets, upSinceMs: clock.nowMs() }
    return {
      id: Channel.operator,
      routes: tickets.routes,
      handler: async (context, body) => {
        const account = await store.account(context.account.id)
        if (account?.operator !== true || account.disabled) {
          throw refusal(
            "operator",
            "only operators may see this; operators are made at the server's command line",
          )
        }
        const request = readOperatorRequest(body)
        if (request === undefined)
          throw refusal("request", "the page and the server do not agree: load the page again")
        return encodeOperator(await answer(parts, context, request))
      },
      stop: () => Promise.resolve(feed.stop()),
    }
  }

interface Parts {
  readonly world: ChannelWorld
  readonly sources: OperatorSources
  readonly feed: AuditFeed
  readonly tickets: ReportTickets
  readonly upSinceMs: number
}

async function answer(
  { world, sources, feed, tickets, upSinceMs }: Parts,
  context: ChannelContext,
  request: OperatorRequest,
): Promise<OperatorAnswers[keyof OperatorAnswers]> {
  switch (request.ask) {
    case "overview":
      return answers.overview(world, upSinceMs)
    case "accounts":
      return answers.accounts(world)
    case "set-disabled":
      return { done: await answers.setDisabled(world, context, request.accountId, request.disabled) }
    case "delete-account":
      return { done: await answers.deleteAccount(world, context, request.accountId) }
    case "make-code":
      return { code: await answers.makeCode(world, context, request.hours) }
    case "devices":
      return answers.devices(world)
    case "revoke-device":
      return { done: await answers.revokeDevice(world, context, request.deviceId) }
    case "models":
      return answers.models(world, sources.registryFolder)
    case "audit":
      return answers.audit(world, request.before, request.limit)
    case "watch-audit":
      await feed.watch(context)
      return { done: true }
    case "experiments":
      return sources.experiments()
    case "captures":
      return sources.captures()
    case "reports":
      return answers.reports(sources.reportsFolder)
    case "open-report":
      return { path: await tickets.issue(request.id) }
  }
}
