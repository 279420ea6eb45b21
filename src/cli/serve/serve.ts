import { once } from "node:events"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { startServer } from "./start-server.js"
import { configOf, storeOptions } from "./with-store.js"

const options = {
  ...storeOptions,
  port: { type: "number", requiresArg: true, describe: "TCP port of the protocol (7600)" },
  "http-port": {
    type: "number",
    requiresArg: true,
    describe: "HTTP port: WebSocket, health, metrics (7680)",
  },
  "log-level": {
    choices: ["debug", "info", "warn", "error"] as const,
    default: "info" as const,
    describe: "log",
  },
} satisfies Record<string, Options>

export const serveCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "serve",
  describe: "Run the authentication server; ends cleanly on SIGINT and SIGTERM",
  builder: options,
  handler: async ({ port, httpPort, logLevel, ...rest }) => {
    const config = await configOf(rest)
    const ports = { ...(port === undefined ? {} : { port }), ...(httpPort === undefined ? {} : { httpPort }) }
    const server = await startServer({ ...config, ...ports }, logLevel)
    console.log(`sourceprint serves ${config.host}:${server.port} (http ${server.httpPort})`)
    console.log(`identity ${server.identity}`)
    await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")])
    await server.stop()
  },
}
