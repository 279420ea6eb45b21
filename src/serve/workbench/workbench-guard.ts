import { timingSafeEqual } from "node:crypto"
import { KEY_HEADER } from "@sourceprint/core/workbench/workbench-data.js"
import type { RequestHandler } from "express"

/** Lets only requests to this very address through: a name of another site that resolves to this machine (DNS
 *  rebinding) has another Host, and a page of another site says so in Origin. */
export const ownAddressOnly =
  (port: () => number): RequestHandler =>
  (request, response, next) => {
    const hosts = [`127.0.0.1:${port()}`, `localhost:${port()}`]
    const { host, origin } = request.headers
    const isOwn = host !== undefined && hosts.includes(host)
    if (isOwn && (origin === undefined || origin === `http://${host}`)) return next()
    response.status(403).type("text").send("This address is not the workbench's own.\n")
  }

/** Lets only who holds the key through. It comes in a header, which no form, picture or link of another site can set,
 *  and not in a cookie, which a browser would also send to other ports of this machine. */
export const keyOnly =
  (key: string): RequestHandler =>
  (request, response, next) => {
    const given = Buffer.from(request.get(KEY_HEADER) ?? "")
    const wanted = Buffer.from(key)
    if (given.length === wanted.length && timingSafeEqual(given, wanted)) return next()
    const message = "open the address that sourceprint ui printed, key and all"
    response.status(403).json({ code: "ui/key", message })
  }
