import type { ScannerEntry } from "@sourceprint/protocol/message.js"
import { lookAlikes } from "@sourceprint/protocol/name-skeletons.js"
import { faultOfFreeName } from "@sourceprint/protocol/new-name.js"
import type { ServerMetrics } from "../metrics.js"
import type { LinkedScanner } from "./linked-scanner.js"

/** As many as fit one message; a server with more wants another server. */
const MAX_SCANNERS = 200

/** The scanners linked with this process. A browser sees those of the server that it is connected to. */
export class LinkedScanners {
  private readonly byDevice = new Map<string, LinkedScanner>()

  constructor(metrics: ServerMetrics) {
    metrics.gauge("scanners_linked", () => this.byDevice.size)
    metrics.gauge("scanner_jobs", () => [...this.byDevice.values()].reduce((sum, s) => sum + s.jobs, 0))
  }

  /** False when there is no room. A device that links again has lost its earlier connection, seen or not: that one
   *  ends. */
  add(scanner: LinkedScanner): boolean {
    const earlier = this.byDevice.get(scanner.device.id)
    if (earlier === undefined && this.byDevice.size >= MAX_SCANNERS) return false
    this.byDevice.set(scanner.device.id, scanner)
    earlier?.close()
    return true
  }

  remove(scanner: LinkedScanner): void {
    if (this.byDevice.get(scanner.device.id) === scanner) this.byDevice.delete(scanner.device.id)
  }

  /** Ends every link; the devices come again when there is a server. */
  close(): void {
    for (const scanner of this.byDevice.values()) scanner.close()
  }

  /** A scanner whose words deceive, or look like another scanner's, is known by its id alone. */
  list(): readonly ScannerEntry[] {
    const all = [...this.byDevice.values()]
    const alike = lookAlikes(all.map(({ device, words }) => ({ owner: device.scannerId, name: words })))
    return all
      .map(({ device: { scannerId }, words, jobs }) => {
        const plain = !alike.has(scannerId) && faultOfFreeName(words) === undefined
        return { scannerId, words: plain ? words : "", busy: Math.min(255, jobs) }
      })
      .sort((a, b) => (a.scannerId < b.scannerId ? -1 : 1))
  }

  /** Whether this very device is linked: another one may serve a scanner of the same id. */
  isLinked(deviceId: string): boolean {
    return this.byDevice.has(deviceId)
  }

  /** The scanner of that id, the least busy one where two devices serve it; with an empty id the only one there is. */
  find(scannerId: string): LinkedScanner | undefined {
    const all = [...this.byDevice.values()]
    if (scannerId === "") return all.length === 1 ? all[0] : undefined
    return all.filter(({ device }) => device.scannerId === scannerId).sort((a, b) => a.jobs - b.jobs)[0]
  }
}
