import { spawn } from "node:child_process"
import { once } from "node:events"
import { createReadStream, createWriteStream } from "node:fs"
import { connect } from "node:net"
import { createInterface } from "node:readline"
import { pipeline } from "node:stream/promises"
import { fileURLToPath } from "node:url"

const child = fileURLToPath(new URL("./plain-copy-child.js", import.meta.url))

/** Copies a file through plain TCP to another process, which writes and syncs it, and back into a second file. */
export async function plainCopy(
  path: string,
  there: string,
  back: string,
): Promise<{ readonly upMs: number; readonly downMs: number }> {
  const server = spawn(process.execPath, [child, there], { stdio: ["ignore", "pipe", "inherit"] })
  const ended = once(server, "exit")
  const lines = createInterface({ input: server.stdout })
  const [line] = await once(lines, "line")
  const port = Number(line)
  const upStart = performance.now()
  const up = connect({ port, host: "127.0.0.1", allowHalfOpen: true })
  await once(up, "connect")
  const done = once(up, "data")
  await pipeline(createReadStream(path), up, { end: true })
  await done
  const upMs = performance.now() - upStart
  const downStart = performance.now()
  const down = connect({ port, host: "127.0.0.1" })
  await pipeline(down, createWriteStream(back))
  const downMs = performance.now() - downStart
  await ended
  return { upMs, downMs }
}
