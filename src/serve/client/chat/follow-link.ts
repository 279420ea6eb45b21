import { keepConnected } from "@sourceprint/core/async/keep-connected.js"
import type { ApplicationLink } from "@sourceprint/protocol/application/application-link.js"
import { mayPass } from "@sourceprint/protocol/application/passing-failure.js"

/** Keeps a link until the signal is aborted: a lost one is replaced. `use` gets each link and resolves when it is done
 *  with it or the link is lost. @param connect see `resumedLink` @throws AppError where trying again is no use */
export const followLink = (
  connect: () => Promise<ApplicationLink>,
  use: (link: ApplicationLink) => Promise<void>,
  onLost: () => void,
  signal: AbortSignal,
): Promise<void> =>
  keepConnected(
    async (connected) => {
      const link = await connect()
      const stop = (): void => link.close()
      signal.addEventListener("abort", stop)
      if (signal.aborted) stop()
      connected()
      try {
        await use(link)
        await link.closed
      } finally {
        stop()
        signal.removeEventListener("abort", stop)
      }
    },
    { firstMs: 500, longestMs: 15_000, steadyMs: 0, mayPass, onLost, signal },
  )
