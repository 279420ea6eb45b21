import { systemClock } from "@sourceprint/core/clock.js"
import type { Device } from "@sourceprint/protocol/device-signature.js"
import type { FramePort } from "@sourceprint/protocol/frame-port.js"
import type { DeviceState } from "@sourceprint/protocol/message.js"
import { ScannerLink } from "@sourceprint/protocol/scanner-link.js"
import type { JobEnd, TouchRequest } from "@sourceprint/protocol/scanner-progress.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import type { TestServer } from "./auth-server.js"

type Answer = Uint8Array | Exclude<DeviceState, 1 | 2>

/** A linked device whose touches a test gives by hand. */
export interface HandScanner {
  readonly link: ScannerLink
  readonly port: FramePort
  /** What was asked of it, oldest first. */
  readonly requests: TouchRequest[]
  readonly ends: JobEnd[]
  /** The answer to the request that is open, or to the next one. */
  give(answer: Answer): void
  /** Resolves with why the link ended. */
  readonly ended: Promise<unknown>
}

export async function handScanner(
  server: Pick<TestServer, "connect">,
  device: Device,
  words = "",
  through: (port: FramePort) => FramePort = (port) => port,
): Promise<HandScanner> {
  const deps = { crypto: webCrypto, clock: systemClock, trusts: () => true }
  const port = through(await server.connect())
  const link = await ScannerLink.open(deps, port, device, words)
  const requests: TouchRequest[] = []
  const ends: JobEnd[] = []
  const given: Answer[] = []
  let wake = (): void => {}
  const serving = link.serve({
    async touch(request, { signal, capturing }) {
      requests.push(request)
      while (given.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve
          signal.addEventListener("abort", () => resolve(), { once: true })
        })
        if (signal.aborted) return 3
      }
      capturing()
      const answer = given.shift() ?? 3
      return typeof answer === "number" ? answer : { image: answer, takenAtMs: Date.now() }
    },
    ended: (end) => ends.push(end),
  })
  return {
    link,
    port,
    requests,
    ends,
    give(answer) {
      given.push(answer)
      wake()
    },
    ended: serving.catch((error: unknown) => error),
  }
}
