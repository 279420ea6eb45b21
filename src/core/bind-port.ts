import { once } from "node:events"
import type { Server } from "node:net"
import { AppError, messageOf } from "./errors.js"

/** Listens. @returns the port, which the system has chosen where 0 was asked for
 *  @throws AppError `code` when the port is taken or may not be used */
export async function bindPort(
  server: Server,
  { host, port, backlog }: { readonly host: string; readonly port: number; readonly backlog?: number },
  code = "serve/listen",
): Promise<number> {
  try {
    server.listen({ host, port, ...(backlog === undefined ? {} : { backlog }) })
    await once(server, "listening")
  } catch (cause) {
    const cure = "choose another port or end what listens there"
    throw new AppError(code, `cannot listen on ${host}:${port}: ${messageOf(cause)}; ${cure}`, { cause })
  }
  const address = server.address()
  return typeof address === "object" && address !== null ? address.port : port
}
