import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import express, { type Request, type Router } from "express"
import { pagePathOf } from "../page-paths.js"

/** Where `npm run build` puts the pages. */
export const builtPages = fileURLToPath(new URL("../pages/", import.meta.url))

const YEAR_S = 31_536_000

/** Asked by somebody who looks at a page: not by a script, a picture or a program. */
const isPage = ({ path, headers: { accept = "" } }: Request): boolean =>
  /\btext\/html\b/.test(accept) && !/^\/(v1|assets)\//.test(path)

/** The pages' files: those with a hash in their name for ever, the document never kept, and that document at each path
 *  that the pages' own router answers, as the answer 404 to who looks for a page elsewhere too. Other requests fall
 *  through. */
export function pageFiles(folder: string): Router {
  const router = express.Router()
  router.use(
    "/assets",
    express.static(`${folder}/assets`, {
      index: false,
      redirect: false,
      setHeaders: (response) => response.setHeader("Cache-Control", `public, max-age=${YEAR_S}, immutable`),
    }),
  )
  router.get("/icon.svg", (_request, response) => {
    response.sendFile("icon.svg", { root: folder, maxAge: "1d", cacheControl: true })
  })
  router.get("/offline.js", (_request, response) => {
    // Asked again each time: a newer version takes the place of the one that a browser has.
    response.sendFile("offline.js", { root: folder, cacheControl: false, etag: false, lastModified: false })
  })
  router.get("/{*path}", (request, response, next) => {
    const known = pagePathOf(request.path) !== undefined
    // Elsewhere the document says "No such page" to people; programs are told by the next handler.
    if (!known && !isPage(request)) return next()
    if (!existsSync(`${folder}/index.html`)) {
      if (!known) return next()
      response.status(503).type("text/plain").send("The pages are not built: run `npm run build`.\n")
      return
    }
    if (!known) response.status(404)
    response.sendFile("index.html", { root: folder, cacheControl: false, etag: false, lastModified: false })
  })
  return router
}
