import { createHash, randomBytes, timingSafeEqual } from "node:crypto"
import { createServer } from "node:http"
import { bindPort } from "@sourceprint/core/bind-port.js"
import { encodeBmp } from "@sourceprint/core/image/bmp.js"
import express, { type NextFunction, type Request, type Response } from "express"
import { z } from "zod"
import type { OperatorPort, SessionEvent } from "../../session.js"
import type { ActionQueue } from "../action-queue.js"
import type { SessionPlan } from "../plan.js"
import { capturePage } from "./capture-page.js"
import { capturePageScript } from "./capture-page-script.js"

const Action = z.discriminatedUnion("do", [
  z.strictObject({ do: z.enum(["skip", "undo", "keep", "again", "quit"]) }),
  z.strictObject({ do: z.literal("note"), text: z.string().trim().min(1).max(500) }),
  z.strictObject({ do: z.literal("consent"), given: z.boolean() }),
])

export interface ServedCapturePage {
  /** With the key without which the page answers nothing. */
  readonly url: string
  readonly operatorPort: OperatorPort
  close(): Promise<void>
}

/** The session in the browser: what to do now, the image, its quality, progress, and the same keys as on the terminal.
 *  Listens on this machine only; a random key in the address keeps other users and other sites' pages out. `port` 0
 *  takes a free one. @throws AppError "page/listen" */
export async function serveCapturePage(
  plan: SessionPlan,
  actions: ActionQueue,
  port: number,
): Promise<ServedCapturePage> {
  const key = randomBytes(16).toString("base64url")
  const listeners = new Set<Response>()
  /** What a page that opens late must know: the last event of each kind that is still shown. */
  const last = new Map<SessionEvent["kind"], string>()
  const app = express()
  app.disable("x-powered-by")
  app.use((request, response, next) => {
    response.set({
      "content-security-policy":
        "default-src 'none'; img-src data:; connect-src 'self'; style-src 'unsafe-inline'; script-src " +
        `'sha256-${scriptHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
    })
    if (sameKey(request, key)) next()
    else response.status(403).type("text").send("open the address that capture session printed, key and all")
  })
  app.get("/", (_, response) => void response.type("html").send(capturePage(plan)))
  app.get("/events", (request, response) => {
    response.set({ "content-type": "text/event-stream", connection: "keep-alive" }).flushHeaders()
    for (const event of last.values()) response.write(event)
    listeners.add(response)
    request.on("close", () => listeners.delete(response))
  })
  app.post("/action", express.json({ limit: "4kb" }), (request, response) => {
    const { success, data } = Action.safeParse(request.body)
    if (!success) return void response.status(400).end()
    actions.push(data)
    response.status(204).end()
  })
  app.use((_error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    response.status(400).end() // a body that is no JSON or too large: the page never sends one
  })
  const server = createServer(app)
  const at = await bindPort(server, { host: "127.0.0.1", port }, "page/listen")
  const show = (event: SessionEvent): void => {
    const line = `data: ${JSON.stringify(shown(event))}\n\n`
    if (event.kind === "place")
      for (const kind of ["refused", "reading", "lift", "consent", "trouble"] as const) last.delete(kind)
    last.delete(event.kind)
    last.set(event.kind, line)
    for (const listener of listeners) listener.write(line)
  }
  return {
    url: `http://127.0.0.1:${at}/?key=${key}`,
    operatorPort: { show, take: () => actions.take() },
    close: () =>
      new Promise((resolve) => {
        for (const listener of listeners) listener.end()
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const scriptHash = createHash("sha256").update(capturePageScript).digest("base64")

function sameKey(request: Request, key: string): boolean {
  const given = Buffer.from(typeof request.query.key === "string" ? request.query.key : "")
  return given.length === key.length && timingSafeEqual(given, Buffer.from(key))
}

/** The event as the page needs it: images as data URLs. */
function shown(event: SessionEvent): unknown {
  if (event.kind !== "image") return event
  const { width, height } = event.image
  const url = `data:image/bmp;base64,${Buffer.from(encodeBmp(event.image)).toString("base64")}`
  return { ...event, image: { url, width, height } }
}
