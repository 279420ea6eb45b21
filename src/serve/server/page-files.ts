import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import express, { type Router } from "express"
import { pagePathOf } from "../page-paths.js"

/** Where `npm run build` puts the pages. */
export const builtPages = fileURLToPath(new URL("../pages/", import.meta.url))

const YEAR_S = 31_536_000

/** The pages' files: those with a hash in their name for ever, the document never kept, and that document at each path
 *  that the pages' own router answers. Other paths fall through. */
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
    if (pagePathOf(request.path) === undefined) return next()
    if (!existsSync(`${folder}/index.html`)) {
      response.status(503).type("text/plain").send("The pages are not built: run `npm run build`.\n")
      return
    }
    response.sendFile("index.html", { root: folder, cacheControl: false, etag: false, lastModified: false })
  })
  return router
}
