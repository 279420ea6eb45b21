import { delay } from "@sourceprint/core/async/delay.js"
import { toHex } from "@sourceprint/core/bytes.js"
import { systemClock } from "@sourceprint/core/clock.js"
import type { Device } from "@sourceprint/protocol/device-signature.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import { connectServer } from "@sourceprint/serve/client/connect-server.js"
import type { ClientContext } from "@sourceprint/serve/client/run-client.js"
import type { ServerProcess } from "../../../test/support/server-process.js"

/** A client of a server process, with what it showed last. @param pauseMs the longest that it waits before it tries
 *  again */
export function clientOf(
  server: ServerProcess,
  device: Device,
  freshImpression: () => Uint8Array,
  pauseMs: number,
): { readonly context: ClientContext; readonly last: Uint8Array | undefined } {
  let last: Uint8Array | undefined
  return {
    get last() {
      return last
    },
    context: {
      deps: {
        crypto: webCrypto,
        clock: systemClock,
        answerTimeoutMs: 20_000,
        trusts: (identity) => toHex(identity) === server.identity,
      },
      connect: () => connectServer({ host: "127.0.0.1", port: server.port }),
      device,
      fingers: {
        capture: () => {
          last = freshImpression()
          return Promise.resolve({ image: last, takenAtMs: Date.now() })
        },
        close: () => Promise.resolve(),
      },
      tell: () => {},
      sleep: (ms) => delay(Math.min(ms, pauseMs)),
    },
  }
}
