import { Channel } from "@sourceprint/protocol/application/application-frame.js"
import { answered, type Handlers } from "@sourceprint/protocol/calls.js"
import { operatorCalls } from "@sourceprint/protocol/operator/operator-messages.js"
import type { ApplicationChannel, ChannelHost, ChannelMaker } from "../application/application-channel.js"
import { type ChannelContext, refusal } from "../application/channel.js"
import { needsByName } from "../application/needs.js"
import { AuditFeed } from "./audit-feed.js"
import * as answers from "./operator-answers.js"
import type { OperatorSources } from "./operator-sources.js"
import { ReportTickets } from "./report-tickets.js"

const sees = { operator: true }
const changes = { operator: true, fresh: true }
const operatorNeeds = needsByName(
  operatorCalls,
  {
    overview: sees,
    accounts: sees,
    "set-disabled": changes,
    "delete-account": changes,
    "make-code": changes,
    devices: sees,
    "revoke-device": changes,
    models: sees,
    audit: sees,
    "watch-audit": sees,
    experiments: sees,
    captures: sees,
    reports: sees,
    "open-report": sees,
  },
  sees,
)

/** What operators see and do from a page. What changes something needs a fresh sign-in. */
export const operatorChannel =
  (sources: OperatorSources): ChannelMaker =>
  (host): ApplicationChannel => {
    const { store, clock, log } = host.deps
    const feed = new AuditFeed(store, log)
    const tickets = new ReportTickets(sources.reportsFolder, clock)
    const parts = { host, sources, feed, tickets, upSinceMs: clock.nowMs() }
    return {
      id: Channel.operator,
      needs: operatorNeeds,
      routes: tickets.routes,
      handler(context, body) {
        const request = operatorCalls.request.decode(body)
        if (request === undefined) {
          return Promise.reject(refusal("request", "the page and the server do not agree: load the page again"))
        }
        return answered(operatorCalls, handlers, request, parts, context)
      },
      stop: () => Promise.resolve(feed.stop()),
    }
  }

interface Parts {
  readonly host: ChannelHost
  readonly sources: OperatorSources
  readonly feed: AuditFeed
  readonly tickets: ReportTickets
  readonly upSinceMs: number
}

const handlers: Handlers<typeof operatorCalls, [parts: Parts, context: ChannelContext]> = {
  overview: (_, { host, upSinceMs }) => answers.overview(host, upSinceMs),
  accounts: (_, { host }) => answers.accounts(host),
  "set-disabled": async ({ accountId, disabled }, { host }, context) => ({
    done: await answers.setDisabled(host, context, accountId, disabled),
  }),
  "delete-account": async ({ accountId }, { host }, context) => ({
    done: await answers.deleteAccount(host, context, accountId),
  }),
  "make-code": async ({ hours }, { host }, context) => ({
    code: await answers.makeCode(host, context, hours),
  }),
  devices: (_, { host }) => answers.devices(host),
  "revoke-device": async ({ deviceId }, { host }, context) => ({
    done: await answers.revokeDevice(host, context, deviceId),
  }),
  models: (_, { host, sources }) => answers.models(host, sources.registryFolder),
  audit: ({ before, limit }, { host }) => answers.audit(host, before, limit),
  "watch-audit": async (_, { feed }, context) => {
    await feed.watch(context)
    return { done: true }
  },
  experiments: (_, { sources }) => sources.experiments(),
  captures: (_, { sources }) => sources.captures(),
  reports: (_, { sources }) => answers.reports(sources.reportsFolder),
  "open-report": async ({ id }, { tickets }) => ({ path: await tickets.issue(id) }),
}
