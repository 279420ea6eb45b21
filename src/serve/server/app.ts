import express, { type Express } from "express"
import type { Store } from "../../shared/store/store.js"
import type { ServerMetrics } from "./metrics.js"

export interface AppDeps {
  readonly store: Store
  readonly metrics: ServerMetrics
}

/** The HTTP side, without listening: health, metrics, headers. Pages and chat are mounted on it by their owners. */
export function createApp({ store, metrics }: AppDeps): Express {
  const app = express()
  app.disable("x-powered-by")
  app.use((_request, response, next) => {
    response.set({
      "Content-Security-Policy":
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; " +
        "connect-src 'self'; worker-src 'self'; media-src 'self' blob:; base-uri 'none'; form-action 'none'; " +
        "frame-ancestors 'none'",
      "X-Content-Type-Options": "nosniff",
      "Referrer-Policy": "no-referrer",
      "Cross-Origin-Opener-Policy": "same-origin",
      "Cross-Origin-Resource-Policy": "same-origin",
      "Cache-Control": "no-store",
    })
    next()
  })
  app.get("/healthz", async (_request, response) => {
    try {
      await store.auditHead() // the store answers
      response.json({ status: "ok" })
    } catch {
      response.status(503).json({ status: "store" })
    }
  })
  app.get("/metrics", (_request, response) => {
    response.type("text/plain; version=0.0.4").send(metrics.render())
  })
  return app
}
