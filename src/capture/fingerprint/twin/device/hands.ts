/** A line of text a touch: a program that follows a session's prompts tells a serving twin what to hold on its platen.
 *  One JSON object a line; the twin answers nothing. */
import { connect, createServer, type Socket } from "node:net"
import { bindPort } from "@sourceprint/core/bind-port.js"
import { AppError } from "@sourceprint/core/errors.js"
import { z } from "zod"
import type { ImpressionRequest } from "../impression.js"

const HandsLine = z.strictObject({
  unit: z.string(),
  place: z.strictObject({ finger: z.string(), session: z.int().min(0), impression: z.int().min(0) }).optional(),
})

const MAX_LINE = 1000

/** What a hand can do on a unit's platen. */
export interface Hands {
  place(request: ImpressionRequest): void
  lift(unit: string): void
}

/** Listens for such lines; `allGone` when the last sender has left. @throws AppError "twin/listen" */
export async function serveHands(
  hands: Hands,
  host: string,
  port: number,
  allGone: () => void = () => {},
): Promise<{ readonly name: string; close(): Promise<void> }> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    let rest = ""
    socket.on("error", () => socket.destroy()) // the other end was killed
    socket.on("close", () => {
      sockets.delete(socket)
      if (sockets.size === 0) allGone()
    })
    socket.on("data", (chunk) => {
      const lines = (rest + chunk.toString("utf8")).split("\n")
      rest = lines.pop() ?? ""
      if (rest.length > MAX_LINE || !lines.every((line) => obey(hands, line))) socket.destroy()
    })
  })
  const at = await bindPort(server, { host, port }, "twin/listen")
  return {
    name: `tcp://${host}:${at}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

/** False for a line that is none. */
function obey(hands: Hands, line: string): boolean {
  let document: unknown
  try {
    document = JSON.parse(line)
  } catch {
    return false // the sender is told by the closed connection
  }
  const { success, data } = HandsLine.safeParse(document)
  if (!success) return false
  if (data.place === undefined) hands.lift(data.unit)
  else hands.place({ unit: data.unit, ...data.place })
  return true
}

/** The sending side. @throws AppError "twin/hands" when nobody listens at `name` (tcp://host:port) */
export async function connectHands(name: string): Promise<Hands & { close(): void }> {
  const url = URL.canParse(name) ? new URL(name) : undefined
  if (url === undefined || url.port === "") throw new AppError("twin/hands", `${name} is not tcp://host:port`)
  const socket = await new Promise<Socket>((resolve, reject) => {
    const opening = connect({ host: url.hostname, port: Number(url.port), noDelay: true }, () => resolve(opening))
    opening.once("error", (cause) => {
      const cure = "start it with sourceprint twin serve"
      reject(new AppError("twin/hands", `no twin takes touches at ${name}: ${cause.message}; ${cure}`, { cause }))
    })
  })
  socket.on("error", () => socket.destroy()) // a session continues without hands: its own person may place fingers
  const send = (line: z.infer<typeof HandsLine>): void => void socket.write(`${JSON.stringify(line)}\n`)
  return {
    place: ({ unit, finger, session, impression }) => send({ unit, place: { finger, session, impression } }),
    lift: (unit) => send({ unit }),
    close: () => socket.destroy(),
  }
}
