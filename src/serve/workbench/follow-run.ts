import { messageOf } from "@sourceprint/core/errors.js"
import type { Request, Response } from "express"

const LOOK_MS = 700

/** Server-sent events: `read` again and again, told when it has changed. Ends when the other side is gone. A fault is
 *  told as an event of its own and looked past: a file may just be written. */
export function follow(request: Request, response: Response, read: () => Promise<unknown>): void {
  response.set({ "Content-Type": "text/event-stream" }).flushHeaders()
  let said = ""
  let timer: NodeJS.Timeout | undefined
  let isOver = false
  const look = async (): Promise<void> => {
    const event = await read().then(
      (value) => `data: ${JSON.stringify(value)}\n\n`,
      (error: unknown) => `event: fault\ndata: ${JSON.stringify({ message: messageOf(error) })}\n\n`,
    )
    if (isOver) return
    if (event !== said) response.write(event)
    said = event
    timer = setTimeout(() => void look(), LOOK_MS)
  }
  request.on("close", () => {
    isOver = true
    clearTimeout(timer)
  })
  void look()
}
