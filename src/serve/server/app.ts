import type { ServerFacts } from "@sourceprint/protocol/server-facts.js"
import compression from "compression"
import express, { type ErrorRequestHandler, type Express, type Router } from "express"
import { pageHeaders } from "../page-headers.js"
import type { Health } from "./health.js"
import type { ServerMetrics } from "./metrics.js"
import { builtPages, pageFiles } from "./page-files.js"

export interface AppDeps {
  readonly health: Pick<Health, "fault">
  readonly metrics: ServerMetrics
  /** What the pages tell people before they sign in. */
  readonly facts: ServerFacts
  /** The listener speaks TLS itself: browsers are told never to come without. */
  readonly tls: boolean
  /** Of channels that serve something over HTTP too. */
  readonly routers?: readonly Router[]
  /** Where the built pages are; elsewhere only in tests. */
  readonly pagesFolder?: string
}

/** The HTTP side, without listening: pages, health, metrics, headers. Nothing here knows who is signed in: there are no
 *  cookies and no tokens over HTTP, so no request of another site can act for anybody. */
export function createApp({ health, metrics, facts, tls, routers = [], pagesFolder = builtPages }: AppDeps): Express {
  const app = express()
  app.disable("x-powered-by")
  app.use((_request, response, next) => {
    response.set(pageHeaders)
    if (tls) response.set("Strict-Transport-Security", "max-age=31536000")
    next()
  })
  // No answer holds a secret beside what a request chose, so its size tells nobody anything.
  app.use(compression())
  app.get("/healthz", async (_request, response) => {
    const fault = await health.fault()
    response.status(fault === undefined ? 200 : 503).json({ status: fault ?? "ok" })
  })
  app.get("/metrics", async (_request, response) => {
    response.type("text/plain; version=0.0.4").send(await metrics.render())
  })
  app.get("/v1/facts", (_request, response) => {
    response.json(facts)
  })
  for (const router of routers) app.use(router)
  app.use(pageFiles(pagesFolder))
  app.use((_request, response) => {
    response.status(404).type("text/plain").send("Nothing is at this address.\n")
  })
  app.use(silentFault)
  return app
}

/** What a path that cannot be decoded, or a fault of ours, is answered with: no word about why. */
const silentFault: ErrorRequestHandler = (error, _request, response, next) => {
  if (response.headersSent) return next(error)
  const status: unknown = (error as { status?: unknown } | undefined)?.status
  const refused = typeof status === "number" && status >= 400 && status < 500
  response
    .status(refused ? status : 500)
    .type("text/plain")
    .send("This request cannot be answered.\n")
}
