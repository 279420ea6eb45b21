import { keepConnected } from "@sourceprint/core/async/keep-connected.js"
import { AppError, hasCode, messageOf } from "@sourceprint/core/errors.js"
import type { ClientDeps } from "@sourceprint/protocol/client-session.js"
import type { Device } from "@sourceprint/protocol/device-signature.js"
import type { FramePort } from "@sourceprint/protocol/frame-port.js"
import { DeviceState } from "@sourceprint/protocol/message.js"
import { type NoTouch, type ScannerHandlers, ScannerLink } from "@sourceprint/protocol/scanner-link.js"
import {
  JobEnd,
  Purpose,
  remainingWords,
  type TouchRequest,
  touchTimeMs,
} from "@sourceprint/protocol/scanner-progress.js"
import pLimit from "p-limit"
import type { FingerCapture, FingerSource } from "./finger-source.js"

export interface ScannerContext {
  readonly deps: ClientDeps
  connect(): Promise<FramePort>
  readonly device: Device
  /** What people call this scanner; may be empty. */
  readonly words: string
  readonly handlers: ScannerHandlers
  /** A line for whoever stands at the scanner. */
  logLine(text: string): void
  /** Called whenever the link stands. */
  linked?(): void
  /** The first wait before it connects again; 500 ms unless told. */
  readonly firstWaitMs?: number
}

/** Less time than this is not worth asking a person for. */
const SHORTEST_MS = 500
const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 30_000
/** A link that held so long was good: the next loss starts with a short wait again. */
const GOOD_AFTER_MS = 60_000

/** Stays linked with the server, connecting again with growing waits, until the signal is aborted.
 *  @throws AppError "protocol/identity": not the server it should be */
export async function runScanner(context: ScannerContext, signal: AbortSignal): Promise<void> {
  await keepConnected((connected) => linkOnce(context, signal, connected), {
    firstMs: context.firstWaitMs ?? FIRST_WAIT_MS,
    longestMs: LONGEST_WAIT_MS,
    jitter: 0.5,
    steadyMs: GOOD_AFTER_MS,
    signal,
    mayPass: (error) => error instanceof AppError && !hasCode(error, "protocol/identity"),
    onLost(error, waitMs) {
      if (error !== undefined) {
        context.logLine(`${messageOf(error)}; trying again in ${Math.ceil(waitMs / 1000)} s`)
      }
    },
  })
}

async function linkOnce(context: ScannerContext, signal: AbortSignal, connected: () => void): Promise<void> {
  const { deps, device, words, handlers, logLine } = context
  const port = await context.connect()
  const stop = (): void => port.close()
  signal.addEventListener("abort", stop, { once: true })
  try {
    const link = await ScannerLink.open(deps, port, device, words)
    logLine(`linked as ${words === "" ? device.scannerId : `${words} (${device.scannerId})`}: ready`)
    connected()
    context.linked?.()
    await link.serve(handlers)
  } finally {
    signal.removeEventListener("abort", stop)
    port.close()
  }
}

/** Who touches sees for whom and compares the code with the browser's: nobody lends a finger to a stranger's
 *  sign-in. */
export const touchWords = ({ name, purpose, code, windowMs, remaining }: TouchRequest): string =>
  `${name} ${purpose === Purpose.signIn ? "signs in" : "signs up"}, code ${code}: if this is you and ` +
  "your screen shows the " +
  `same code, place your finger (${Math.floor(touchTimeMs(windowMs) / 1000)} s, ` +
  `${remainingWords(purpose, remaining)}); if not, do not touch`

const endWords: Readonly<Record<JobEnd, string>> = {
  [JobEnd.accepted]: "accepted",
  [JobEnd.refused]: "not let in",
  [JobEnd.again]: "once more, please: watch your screen",
  [JobEnd.cancelled]: "over; nobody waits for a finger now",
}

/** Touches of the finger source as a linked scanner gives them, one after another, for one server or several: a
 *  sensor's calls must not overlap. What waited too long behind another is told to come again.
 *  @param desk calls `decline` when whoever stands there says no */
export function scannerHandlers(
  fingers: FingerSource,
  logLine: (text: string) => void,
  desk: { decline?: () => void } = {},
): ScannerHandlers {
  const oneByOne = pLimit(1)
  const take = async (
    request: TouchRequest,
    { signal, capturing }: { readonly signal: AbortSignal; capturing(): void },
    endMs: number,
  ): Promise<FingerCapture | NoTouch> => {
    const withinMs = endMs - performance.now()
    if (signal.aborted || withinMs < SHORTEST_MS) return DeviceState.noFinger
    logLine(touchWords(request))
    const no = new AbortController()
    desk.decline = () => no.abort()
    const seen = (): void => {
      logLine("reading")
      capturing()
    }
    try {
      const touch = await fingers.capture(withinMs, {
        signal: AbortSignal.any([signal, no.signal]),
        capturing: seen,
      })
      logLine("captured; you may lift your finger")
      return touch
    } catch (error) {
      if (no.signal.aborted) return DeviceState.declined
      if (hasCode(error, "client/no-touch")) return DeviceState.noFinger
      logLine(`the scanner gave no image: ${messageOf(error)}`)
      return DeviceState.noScanner
    } finally {
      delete desk.decline
    }
  }
  return {
    touch(request, job) {
      const endMs = performance.now() + touchTimeMs(request.windowMs)
      return oneByOne(() => take(request, job, endMs))
    },
    ended: (end) => logLine(endWords[end]),
  }
}
