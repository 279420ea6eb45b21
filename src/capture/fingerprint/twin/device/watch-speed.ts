import { execFile } from "node:child_process"
import type { HostSpeed } from "./one-host.js"

/** Seldom, since each question is a process; bytes that come at another speed than the device's ask at once. */
const POLL_MS = 200

export interface SpeedWatch extends HostSpeed {
  /** Resolves when nothing opens the terminal any more. */
  stop(): Promise<void>
}

/** The speed set on a terminal, asked of `stty` again and again: a pseudo-terminal does not tell its other end. */
export function watchSpeed(terminal: string): SpeedWatch {
  let baud: number | undefined
  let stopped = false
  let asking = false
  let asked = (): void => {}
  let timer: NodeJS.Timeout | undefined
  const waiting: (() => void)[] = []
  const ask = (): void => {
    clearTimeout(timer)
    if (asking) return
    asking = true
    const told = waiting.splice(0)
    execFile("stty", ["-F", terminal, "speed"], (error, output) => {
      asking = false
      asked()
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
      return new Promise((resolve) => {
        asked = resolve
        if (!asking) resolve()
      })
    },
  }
}
