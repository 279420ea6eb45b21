import { type ChildProcess, execFile, spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { rm } from "node:fs/promises"
import { delimiter, join } from "node:path"
import { poll } from "@sourceprint/core/async/poll.js"
import { AppError } from "@sourceprint/core/errors.js"
import { type HostSpeed, type ServedTwin, serveTwinTcp } from "./serve-tcp.js"
import type { TwinDevice } from "./twin-device.js"

const START_DEADLINE_MS = 5000
/** Seldom, since each question is a process; bytes that come at another speed than the device's ask at once. */
const POLL_MS = 200

/** True where socat is installed; the twin needs it to make a terminal. */
export const canServeTerminal = (): boolean =>
  (process.env.PATH ?? "").split(delimiter).some((folder) => folder !== "" && existsSync(join(folder, "socat")))

/** The twin on a pseudo-terminal at the path `link`, made by socat; the host opens it as any serial port. The speed
 *  that the host sets counts: at another one than the device's, both sides read garbage.
 *  @throws AppError "twin/socat" */
export async function serveTwinTerminal(device: TwinDevice, link: string): Promise<ServedTwin> {
  if (!canServeTerminal()) {
    throw new AppError("twin/socat", "a terminal needs socat (apt-get install socat); TCP works without")
  }
  const speed = watchedSpeed(link)
  const tcp = await serveTwinTcp(device, "127.0.0.1", 0, speed)
  const target = tcp.name.replace("tcp://", "tcp:")
  let child: ChildProcess | undefined
  let closing = false
  // socat ends when the host closes the terminal; the next host needs a new one.
  const start = (): void => {
    child = spawn("socat", [`pty,link=${link},rawer,b57600`, target], { stdio: "ignore" })
    child.once("exit", () => {
      if (!closing) setTimeout(start, 10)
    })
  }
  start()
  const close = async (): Promise<void> => {
    closing = true
    speed.stop()
    child?.kill()
    await tcp.close()
    await rm(link, { force: true })
  }
  if (!(await poll(() => existsSync(link), { everyMs: 10, withinMs: START_DEADLINE_MS }))) {
    await close()
    throw new AppError("twin/socat", `socat did not make the terminal ${link}; may it be written there?`)
  }
  return { name: link, close }
}

/** The speed set on a terminal, asked of `stty` again and again: a pseudo-terminal does not tell its other end. */
function watchedSpeed(link: string): HostSpeed & { stop(): void } {
  let baud: number | undefined
  let stopped = false
  let asking = false
  let timer: NodeJS.Timeout | undefined
  const waiting: (() => void)[] = []
  const ask = (): void => {
    clearTimeout(timer)
    if (asking) return
    asking = true
    const told = waiting.splice(0)
    execFile("stty", ["-F", link, "speed"], (error, output) => {
      asking = false
      const speed = Number(output.trim())
      baud = error === null && speed > 0 ? speed : undefined
      for (const tell of told) tell()
      if (!stopped) timer = setTimeout(ask, waiting.length > 0 ? 0 : POLL_MS)
    })
  }
  ask()
  return {
    baud: () => baud,
    confirmed: (expected) =>
      new Promise((resolve) => {
        if (baud === expected || stopped) return resolve()
        waiting.push(resolve)
        return ask()
      }),
    stop: () => {
      stopped = true
      clearTimeout(timer)
      for (const tell of waiting.splice(0)) tell()
    },
  }
}
