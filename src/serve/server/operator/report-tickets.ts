import { randomBytes } from "node:crypto"
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import type { Clock } from "@sourceprint/core/clock.js"
import { readEntries } from "@sourceprint/report/report-folder.js"
import { Router } from "express"
import { refusal } from "../application/channel.js"

const VALID_MS = 60_000
const MAX_TICKETS = 1000
const REPORT_PATH = "/operator-report"

/** Reports carry scripts of their own: they are shown in an origin of nobody, where they can reach nothing of ours. */
const REPORT_POLICY =
  "sandbox allow-scripts allow-downloads; default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; " +
  "img-src data: blob:; font-src data:"

/** Opens a report in a tab of its own without a cookie: a single-use address, known to the operator who asked. */
export class ReportTickets {
  private readonly tickets = new Map<string, { readonly id: string; readonly untilMs: number }>()
  readonly routes: Router

  constructor(
    private readonly folder: string,
    private readonly clock: Clock,
  ) {
    this.routes = Router().get(`${REPORT_PATH}/:ticket`, async (request, response) => {
      const page = await this.take(request.params.ticket)
      response.set({ "Content-Security-Policy": REPORT_POLICY, "X-Robots-Tag": "noindex" })
      if (page === undefined) {
        response.status(404).type("text").send("This address has been used or is too old: open the report again.")
      } else response.type("html").send(page)
    })
  }

  /** @throws refusal "report" for an id that has no page */
  async issue(id: string): Promise<string> {
    const { entries } = await readEntries(this.folder)
    if (!entries.has(id) || (await this.page(id)) === undefined) throw refusal("report", "there is no such report")
    const nowMs = this.clock.monotonicMs()
    for (const [ticket, { untilMs }] of this.tickets) if (untilMs < nowMs) this.tickets.delete(ticket)
    if (this.tickets.size >= MAX_TICKETS) throw refusal("report", "too many reports were asked for at once")
    const ticket = randomBytes(32).toString("base64url")
    this.tickets.set(ticket, { id, untilMs: nowMs + VALID_MS })
    return `${REPORT_PATH}/${ticket}`
  }

  private async take(ticket: string): Promise<string | undefined> {
    const found = this.tickets.get(ticket)
    this.tickets.delete(ticket)
    return found === undefined || found.untilMs < this.clock.monotonicMs() ? undefined : await this.page(found.id)
  }

  private page(id: string): Promise<string | undefined> {
    return readFile(join(this.folder, `${id}.html`), "utf8").catch(() => undefined)
  }
}
