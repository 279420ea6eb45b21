import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fitScanners } from "@sourceprint/cli/trial/fit-scanners.js"
import { silentLog } from "@sourceprint/core/log.js"
import type { FramePort } from "@sourceprint/protocol/frame-port.js"
import { connectServer } from "@sourceprint/serve/client/connect-server.js"
import { faceInspectionPool } from "@sourceprint/serve/server/auth/face/face-inspection-pool.js"
import { inspectionPool } from "@sourceprint/serve/server/auth/inspection/inspection-pool.js"
import { ServeConfig } from "@sourceprint/serve/server/serve-config.js"
import type { Store } from "@sourceprint/serve/store/store.js"
import { startLinkedContext } from "../../../test/support/linked-context.js"

export interface PageContext {
  readonly origin: string
  readonly folder: string
  readonly store: Store
  /** The protocol over TCP, as a client of its own. */
  connect(): Promise<FramePort>
  stop(): Promise<void>
}

/** The demonstration's server: pages, a simulated scanner with another unit to stand in its place, the product's
 *  matcher, small models of the units, faces judged by the product's networks and thresholds. */
export async function pageContext(faceChallengeS: number): Promise<PageContext> {
  const folder = await mkdtemp(join(tmpdir(), "prove-pages-"))
  const { threshold, samePerson } = ServeConfig.parse({}).faces
  const demo = await startLinkedContext({
    folder,
    seed: 23,
    scanners: [{ scannerId: "unit-1", words: "front desk", other: "unit-2" }],
    training: { people: 4, touches: 4 },
    scoreThreshold: 6,
    fitScanners,
    async makeInspector(settings) {
      const fingers = await inspectionPool(settings, 1, silentLog)
      const faces = await faceInspectionPool({ match: threshold, samePerson }, 1, silentLog)
      const close = async (): Promise<void> => {
        await fingers.close()
        await faces.close()
      }
      return { ...fingers, faces, close }
    },
    policy: {
      accept: [
        ["password", "finger", "scanner"],
        ["password", "face"],
      ],
      // Blinks are left out: real ones were not at hand, and a painted one proves nothing.
      faceActions: ["turnLeft", "turnRight", "moveCloser"],
      challengeS: faceChallengeS,
    },
    reachMs: 300,
  })
  return {
    origin: `http://127.0.0.1:${demo.server.httpPort}`,
    folder,
    store: demo.server.deps.store,
    connect: () => connectServer({ host: "127.0.0.1", port: demo.server.port }),
    async stop() {
      await demo.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
