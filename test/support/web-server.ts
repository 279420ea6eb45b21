import type { ServerFacts } from "@sourceprint/protocol/server-facts.js"
import { createApp } from "@sourceprint/serve/server/app.js"
import { serveConnection } from "@sourceprint/serve/server/auth/serve-connection.js"
import { ConnectionGate } from "@sourceprint/serve/server/connection-gate.js"
import { listenHttp } from "@sourceprint/serve/server/listen-http.js"
import { type TestServer, testServer } from "./auth-server.js"

export interface WebServer {
  readonly server: TestServer
  /** http://127.0.0.1:<port> */
  readonly origin: string
  stop(): Promise<void>
}

/** A test server with its pages and its WebSocket. The policy is the password alone unless told. */
export async function webServer(
  options: Parameters<typeof testServer>[0] = {},
  facts: Partial<ServerFacts> = {},
  pagesFolder?: string,
): Promise<WebServer> {
  const server = await testServer({
    ...options,
    policy: { factorPolicies: [["password"]], ...options.policy },
  })
  const { deps } = server
  const gate = new ConnectionGate(
    { connections: 500, connectionsPerAddress: 500 },
    (port, address, onPass) => serveConnection(deps, port, address, onPass),
    deps.metrics,
  )
  const app = createApp({
    health: { fault: () => deps.store.probe(Date.now()).then(() => undefined) },
    metrics: deps.metrics,
    facts: { enrolment: deps.policy.enrolment, factors: ["password"], demo: false, ...facts },
    tls: false,
    ...(pagesFolder === undefined ? {} : { pagesFolder }),
  })
  const http = await listenHttp(app, gate, "127.0.0.1", 0)
  return {
    server,
    origin: `http://127.0.0.1:${http.port}`,
    async stop() {
      await http.stop()
      await server.stop()
    },
  }
}
