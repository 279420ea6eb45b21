import { randomBytes } from "node:crypto"
import { createServer } from "node:http"
import { fileURLToPath } from "node:url"
import { bindPort } from "@sourceprint/core/bind-port.js"
import { systemClock } from "@sourceprint/core/clock.js"
import { AppError, messageOf, wordsOf } from "@sourceprint/core/errors.js"
import { systemFault } from "@sourceprint/core/files/system-fault.js"
import type { CallName } from "@sourceprint/core/workbench/workbench-data.js"
import express, { type ErrorRequestHandler, type Router } from "express"
import { pageHeaders } from "../page-headers.js"
import { ReportTickets } from "../server/operator/report-tickets.js"
import { follow } from "./follow-run.js"
import { workbenchAsks } from "./workbench-asks.js"
import { keyOnly, ownAddressOnly } from "./workbench-guard.js"
import type { WorkbenchSources } from "./workbench-sources.js"

/** Where `npm run build` puts the page. */
export const builtWorkbench = fileURLToPath(new URL("../workbench-page/", import.meta.url))

export interface ServedWorkbench {
  /** With the key, without which nothing is answered. */
  readonly url: string
  readonly origin: string
  readonly key: string
  close(): Promise<void>
}

/** The workbench in the browser. Listens on this machine only. A random key in the address (behind #, so that it is in
 *  no request) keeps other users of the machine out; other sites' pages cannot reach it (`workbench-guard.ts`). A
 *  `port` of 0 takes a free one. @throws AppError "ui/listen" */
export async function serveWorkbench(
  sources: WorkbenchSources,
  { port = 0, pageFolder = builtWorkbench }: { readonly port?: number; readonly pageFolder?: string } = {},
): Promise<ServedWorkbench> {
  const key = randomBytes(24).toString("base64url")
  let at = port
  const tickets = new ReportTickets(sources.reportsFolder, systemClock)
  const app = express()
  app.disable("x-powered-by")
  app.use((_request, response, next) => {
    response.set(pageHeaders)
    next()
  })
  app.use(ownAddressOnly(() => at))
  app.use("/api", keyOnly(key), api(sources, tickets))
  app.use(tickets.routes)
  app.use(express.static(pageFolder, { index: false, redirect: false, cacheControl: false }))
  app.get("/{*path}", (_request, response) => {
    response.sendFile("index.html", { root: pageFolder, cacheControl: false, etag: false, lastModified: false })
  })
  app.use(refusal)
  const server = createServer(app)
  at = await bindPort(server, { host: "127.0.0.1", port }, "ui/listen")
  const origin = `http://127.0.0.1:${at}`
  return {
    url: `${origin}/#key=${key}`,
    origin,
    key,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Calls are POST with JSON; streams and pictures are read by the page's own script, which can set the header. */
function api(sources: WorkbenchSources, tickets: ReportTickets): Router {
  const router = express.Router()
  router.get("/follow/:run", (request, response) => {
    const { run } = request.params
    follow(request, response, () => sources.run({ run }))
  })
  router.get("/image/:dataset/:index/:side", async (request, response) => {
    const { dataset, index, side } = request.params
    const png = await sources.image(dataset, Number(index), Math.min(1000, Math.max(16, Number(side) || 16)))
    response.type("png").send(Buffer.from(png))
  })
  const answers = {
    ...sources,
    "open-report": async ({ id }: { id: string }) => ({ path: await tickets.issue(id) }),
  }
  router.post("/:call", express.json({ limit: "1mb" }), async (request, response) => {
    const call = String(request.params.call)
    if (!isCall(call)) throw new AppError("ui/call", `the workbench has no call ${call}`)
    const asked = workbenchAsks[call].safeParse(request.body ?? {})
    if (!asked.success) throw new AppError("ui/call", `${call}: ${asked.error.issues[0]?.message}`)
    response.json(await (answers[call] as (ask: unknown) => Promise<unknown>)(asked.data))
  })
  return router
}

const isCall = (name: string): name is CallName => Object.hasOwn(workbenchAsks, name)

/** The page is the user's own: it is told what the command line would say. */
const refusal: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (response.headersSent) return next(error)
  const code = error instanceof AppError ? error.code : "ui/fault"
  const message = error instanceof AppError ? wordsOf(error) : (systemFault(error) ?? messageOf(error))
  response.status(400).json({ code, message })
}
