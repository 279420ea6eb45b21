import { once } from "node:events"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { bindPort } from "@sourceprint/core/bind-port.js"
import { AppError, messageOf } from "@sourceprint/core/errors.js"
import { canonicalName } from "@sourceprint/protocol/account-name.js"
import { z } from "zod"
import { type KioskPurpose, kioskCss, kioskHtml, kioskScript } from "./kiosk-page.js"
import { firstKioskSteps, type KioskEvent, type KioskStep, kioskStepsAfter } from "./kiosk-steps.js"
import { type ClientOutcome, type ClientResult, clientOutcomes } from "./outcome.js"
import type { ClientStep, Person } from "./run-client.js"

/** What was typed at the kiosk. */
export interface KioskPerson extends Person {
  /** For an enrolment; else empty. */
  readonly code: string
}

export interface KioskDeps {
  readonly purpose: KioskPurpose
  /** Runs one sign-in or enrolment, telling its steps. */
  prove(person: KioskPerson, tell: (step: ClientStep) => void): Promise<ClientResult>
  wordsOf(step: ClientStep): string | undefined
}

export interface Kiosk {
  readonly url: string
  stop(): Promise<void>
}

const MAX_BODY_BYTES = 4096
const Typed = z.strictObject({
  name: z.string().max(200),
  password: z.string().min(1).max(1000),
  code: z.string().max(200).default(""),
})

const HEADERS = {
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; " +
    "form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
  "X-Content-Type-Options": "nosniff",
  "Cache-Control": "no-store",
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of request) {
    size += part.length
    if (size > MAX_BODY_BYTES) throw new AppError("kiosk/body", "the request is too large")
    parts.push(part)
  }
  return JSON.parse(Buffer.concat(parts).toString("utf8"))
}

/** What the page shows; the script of the page draws it and knows nothing else. */
interface KioskView {
  readonly steps: readonly KioskStep[]
  /** Somebody is at it: the form is hidden. */
  readonly busy: boolean
  readonly words?: string | undefined
  /** A data URI. */
  readonly image?: string
  /** How long there is for what is asked, ms. */
  readonly leftMs?: number
}

const imageOf = (step: ClientStep): Pick<KioskView, "image"> =>
  step.step === "captured" ? { image: `data:image/bmp;base64,${Buffer.from(step.image).toString("base64")}` } : {}

const timeOf = (step: ClientStep): Pick<KioskView, "leftMs"> => (step.step === "touch" ? { leftMs: step.windowMs } : {})

/** The page on the scanner-side device that shows touch, capture, checks and decision as they happen. It listens on
 *  this machine alone and answers no page of another origin. @throws AppError "kiosk/listen" */
export async function startKiosk({ purpose, prove, wordsOf }: KioskDeps, port: number): Promise<Kiosk> {
  const files: Readonly<Record<string, readonly [type: string, text: string]>> = {
    "/": ["text/html; charset=utf-8", kioskHtml(purpose)],
    "/kiosk.css": ["text/css; charset=utf-8", kioskCss],
    "/kiosk.js": ["text/javascript; charset=utf-8", kioskScript],
  }
  const watchers = new Set<ServerResponse>()
  let busy = false
  let steps = firstKioskSteps
  const lineOf = (view: KioskView): string => `data: ${JSON.stringify(view)}\n\n`
  const publish = (event: KioskEvent, more: Omit<KioskView, "steps" | "busy">): void => {
    steps = kioskStepsAfter(steps, event)
    for (const watcher of watchers) watcher.write(lineOf({ steps, busy: event.step !== "result", ...more }))
  }
  const run = async (person: KioskPerson): Promise<void> => {
    steps = firstKioskSteps
    let words: string
    let outcome: ClientOutcome | undefined
    try {
      outcome = (
        await prove(person, (step) => publish(step, { words: wordsOf(step), ...imageOf(step), ...timeOf(step) }))
      ).outcome
      words = clientOutcomes[outcome].words
    } catch (error) {
      words = messageOf(error)
    }
    busy = false
    publish({ step: "result", outcome }, { words })
    steps = firstKioskSteps // for the next person
  }
  const post = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const parsed = Typed.safeParse(await bodyOf(request).catch(() => undefined))
    const name = parsed.success ? canonicalName(parsed.data.name) : undefined
    if (!parsed.success || name === undefined) return void response.writeHead(400).end("this cannot be a name")
    if (busy) return void response.writeHead(409).end("somebody is at it already; wait a moment")
    busy = true
    response.writeHead(202).end()
    const { password, code } = parsed.data
    await run({ name, password, code: code.trim() })
  }
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value)
    const { host = "", origin } = request.headers
    // A name that was rebound to this machine, or another site's script, is not our page.
    const local = /^(localhost|127\.0\.0\.1)(:\d+)?$/.test(host)
    if (!local || (origin !== undefined && origin !== `http://${host}`)) return void response.writeHead(403).end()
    const file = request.method === "GET" ? files[request.url ?? ""] : undefined
    if (file !== undefined) return void response.writeHead(200, { "Content-Type": file[0] }).end(file[1])
    if (request.method === "GET" && request.url === "/events") {
      response.writeHead(200, { "Content-Type": "text/event-stream" })
      response.write(lineOf({ steps, busy })) // a page that is loaded again continues with what is going on
      watchers.add(response)
      response.on("close", () => watchers.delete(response))
      return
    }
    const isJson = request.headers["content-type"] === "application/json" // no plain form of another site sends it
    if (request.method === "POST" && request.url === "/begin" && isJson) return void post(request, response)
    response.writeHead(404, { "Content-Type": "text/plain" }).end("Nothing is at this address.\n")
  })
  const bound = await bindPort(server, { host: "127.0.0.1", port }, "kiosk/listen")
  return {
    url: `http://127.0.0.1:${bound}/`,
    async stop() {
      const closed = once(server, "close")
      for (const watcher of watchers) watcher.end()
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
