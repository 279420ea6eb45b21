/** The panel of `sourceprint demo --serve`: the page chooses which simulated finger is put on the simulated scanners.
 *  It is mounted by the demonstration alone (`/v1/facts` then says `"demo": true`), knows no accounts and changes none:
 *  what is chosen is a finger, and the server judges what comes of it as it judges any other.
 *
 *  GET /v1/demo -> 200 { "scanners": [{ "scannerId": "unit-1", "words": "front desk", "other": "unit-3" }] }
 *    The linked simulated scanners, and which unit takes the print in place of each where "other" is chosen.
 *
 *  GET /v1/demo/hand?name=Ada -> 200 { "finger": "own", "unit": "registered" }
 *    What is chosen for an account's name; this answer where nothing was.
 *
 *  POST /v1/demo/hand { "name": "Ada", "finger": "own" | "other" | "none", "unit": "registered" | "other" }
 *    -> 200 { "finger": …, "unit": … }
 *    With `content-type: application/json` and `x-sourceprint-demo: 1`, from a page of this server (its Origin is
 *    compared). It counts at once, also for a touch that is being waited for: "none" and then "own" is a late finger.
 *
 *  400: not that JSON, or no name. 403: another host, another origin, or without the header. Nothing else is
 *  answered. */

import { canonicalName } from "@sourceprint/protocol/account-name.js"
import express, { type ErrorRequestHandler, type Request, type Router } from "express"
import { z } from "zod"
import type { HandChoices } from "./hand-choices.js"

export interface DemoScanner {
  readonly scannerId: string
  readonly words: string
  /** The unit that takes the print where the panel says so. */
  readonly other: string
}

const Hand = z.strictObject({
  name: z.string().max(255),
  finger: z.enum(["own", "other", "none"]),
  unit: z.enum(["registered", "other"]),
})

/** A form or script of another site sends neither our header nor our origin. */
function isOurPage(request: Request): boolean {
  const { origin, host } = request.headers
  const same = origin !== undefined && URL.canParse(origin) && new URL(origin).host === host
  return same && request.headers["x-sourceprint-demo"] === "1"
}

const notJson: ErrorRequestHandler = (_error, _request, response, _next) => {
  response.status(400).json({ words: "name, finger and unit, as documented" })
}

/** The demonstration listens on this machine alone; a page of another name that resolves here (DNS rebinding) names
 *  itself in Host. */
const isOurName = ({ headers: { host = "" } }: Request): boolean =>
  /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(host)

export function demoPanel(scanners: readonly DemoScanner[], choices: HandChoices): Router {
  const router = express.Router()
  router.use("/v1/demo", (request, response, next) => {
    if (isOurName(request)) next()
    else response.status(403).json({ words: "ask at the address that the demonstration has printed" })
  })
  router.get("/v1/demo", (_request, response) => {
    response.json({ scanners })
  })
  router.get("/v1/demo/hand", (request, response) => {
    const name = typeof request.query.name === "string" ? canonicalName(request.query.name) : undefined
    if (name === undefined) response.status(400).json({ words: "whose hand? add ?name=" })
    else response.json(choices.of(name))
  })
  router.post("/v1/demo/hand", (request, response, next) => {
    if (isOurPage(request)) next()
    else response.status(403).json({ words: "only the demonstration's own page may do this" })
  })
  router.post("/v1/demo/hand", express.json({ limit: 2048 }), (request, response) => {
    const parsed = Hand.safeParse(request.body)
    const name = parsed.success ? canonicalName(parsed.data.name) : undefined
    if (!parsed.success || name === undefined) {
      response.status(400).json({ words: "name, finger and unit, as documented" })
      return
    }
    const { finger, unit } = parsed.data
    choices.set(name, { finger, unit })
    response.json(choices.of(name))
  })
  router.use("/v1/demo", notJson)
  return router
}
