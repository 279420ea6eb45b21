import { once } from "node:events"
import { connect, createServer, type Socket } from "node:net"

/** A wire that can be listened in on: everything that passes either way. */
export interface Tap {
  readonly port: number
  traffic(): Buffer
  close(): Promise<void>
}

/** In front of the server at `port` of this machine. */
export async function tapOn(port: number): Promise<Tap> {
  const heard: Buffer[] = []
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(port, "127.0.0.1")
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.on("data", (chunk: Buffer) => heard.push(chunk))
      from.on("error", () => to.destroy())
      from.on("close", () => {
        sockets.delete(from)
        to.destroy()
      })
      from.pipe(to)
    }
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    traffic: () => Buffer.concat(heard),
    async close() {
      const closed = once(server, "close")
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
