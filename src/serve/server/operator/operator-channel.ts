import { Channel } from "@sourceprint/protocol/application/application-frame.js"
import { answered, type Handlers } from "@sourceprint/protocol/calls.js"
import { operatorCalls } from "@sourceprint/protocol/operator/operator-messages.js"
import { type ChannelContext, refusal } from "../application/channel.js"
import type { ApplicationChannel, ChannelMaker, ChannelWorld } from "../application/channel-table.js"
import { AuditFeed } from "./audit-feed.js"
import * as answers from "./operator-answers.js"
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
        const request = operatorCalls.request.decode(body)
        if (request === undefined)
          throw refusal("request", "the page and the server do not agree: load the page again")
        return answered(operatorCalls, handlers, request, parts, context)
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

const handlers: Handlers<typeof operatorCalls, [parts: Parts, context: ChannelContext]> = {
  overview: (_, { world, upSinceMs }) => answers.overview(world, upSinceMs),
  accounts: (_, { world }) => answers.accounts(world),
  "set-disabled": async ({ accountId, disabled }, { world }, context) => ({
    done: await answers.setDisabled(world, context, accountId, disabled),
  }),
  "delete-account": async ({ accountId }, { world }, context) => ({
    done: await answers.deleteAccount(world, context, accountId),
  }),
  "make-code": async ({ hours }, { world }, context) => ({
    code: await answers.makeCode(world, context, hours),
  }),
  devices: (_, { world }) => answers.devices(world),
  "revoke-device": async ({ deviceId }, { world }, context) => ({
    done: await answers.revokeDevice(world, context, deviceId),
  }),
  models: (_, { world, sources }) => answers.models(world, sources.registryFolder),
  audit: ({ before, limit }, { world }) => answers.audit(world, before, limit),
  "watch-audit": async (_, { feed }, context) => {
    await feed.watch(context)
    return { done: true }
  },
  experiments: (_, { sources }) => sources.experiments(),
  captures: (_, { sources }) => sources.captures(),
  reports: (_, { sources }) => answers.reports(sources.reportsFolder),
  "open-report": async ({ id }, { tickets }) => ({ path: await tickets.issue(id) }),
}
