import { type Clock, systemClock } from "@sourceprint/core/clock.js"
import { formatDuration, type Progress, remainingMs } from "@sourceprint/core/progress.js"
import { SingleBar } from "cli-progress"

const PLAIN_LINE_EVERY_MS = 10_000

/** Progress on stderr: a bar on a terminal; elsewhere (a log, a pipe) a plain line every ten seconds. `done` may be
 *  a fraction: half a job counts for the time left. */
export function terminalProgress(stream: NodeJS.WriteStream = process.stderr, clock: Clock = systemClock): Progress {
  return stream.isTTY ? bar(stream, clock) : plainLines(stream, clock)
}

function timeLeft(done: number, total: number, elapsedMs: number): string {
  const left = remainingMs(done, total, elapsedMs)
  return left === undefined ? "time left unknown" : `${formatDuration(left)} left`
}

function bar(stream: NodeJS.WriteStream, clock: Clock): Progress {
  let running: SingleBar | undefined
  let startedMs = 0
  return {
    start(total, unit) {
      startedMs = clock.monotonicMs()
      running = new SingleBar({
        stream,
        hideCursor: true,
        fps: 5,
        format: `{bar} {shown}/{total} ${unit} · {left} {note}`,
      })
      running.start(total, 0, { shown: 0, left: timeLeft(0, total, 0), note: "" })
    },
    update(done, note) {
      if (running === undefined) return
      const left = timeLeft(done, running.getTotal(), clock.monotonicMs() - startedMs)
      running.update(done, { shown: Math.floor(done), left, note: note ? `· ${note}` : "" })
    },
    stop() {
      running?.stop()
      running = undefined
    },
  }
}

function plainLines(stream: NodeJS.WriteStream, clock: Clock): Progress {
  let total = 0
  let unit = ""
  let startedMs = 0
  let lastLineMs = Number.NEGATIVE_INFINITY
  return {
    start(newTotal, newUnit) {
      total = newTotal
      unit = newUnit
      startedMs = clock.monotonicMs()
      lastLineMs = startedMs
    },
    update(done, note) {
      const nowMs = clock.monotonicMs()
      if (nowMs - lastLineMs < PLAIN_LINE_EVERY_MS && done < total) return
      lastLineMs = nowMs
      const left = timeLeft(done, total, nowMs - startedMs)
      stream.write(`${Math.floor(done)}/${total} ${unit} · ${left}${note ? ` · ${note}` : ""}\n`)
    },
    stop() {},
  }
}
