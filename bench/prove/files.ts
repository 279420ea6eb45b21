import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { throwawayPostgres, withoutPostgres } from "../../test/support/throwaway-postgres.js"
import type { Claim } from "./claim.js"
import { browserTransfer } from "./files/browser-transfers.js"
import { chatBesideBulk } from "./files/chat-beside-bulk.js"
import { boundedTransfer, killedTransfer, throughTwoServers } from "./files/node-transfers.js"

const SIZE_BYTES = 300 * 1024 * 1024

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "prove-files-"))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const bounded: Claim = {
  title: "300 MB from client to client through the server: hash equal, memory bounded, nothing readable stored",
  measure: (logLine) => inFolder((folder) => boundedTransfer(folder, SIZE_BYTES, logLine)),
}

const killed: Claim = {
  title: "300 MB with sender, receiver and twice the server killed by -9 on the way: it continues and arrives whole",
  measure: (logLine) => inFolder((folder) => killedTransfer(folder, SIZE_BYTES, logLine)),
}

const twoServers: Claim = {
  title: "300 MB to one server, fetched from another on the same PostgreSQL",
  async measure(logLine) {
    if (withoutPostgres !== false) throw new Error(withoutPostgres)
    const cluster = await throwawayPostgres()
    try {
      return await inFolder((folder) => throughTwoServers(folder, cluster.url, SIZE_BYTES, logLine))
    } finally {
      await cluster.stop()
    }
  },
}

const browsers: Claim = {
  title: "300 MB from browser to browser through the private file system: the pages' memory is bounded",
  measure: (logLine) => inFolder((folder) => browserTransfer(folder, SIZE_BYTES, logLine)),
}

const beside: Claim = {
  title:
    "messages beside files: bulk through the same server does not hold them up (on a machine with nothing else to do)",
  measure: (logLine) => inFolder((folder) => chatBesideBulk(folder, 100 * 1024 * 1024, logLine)),
}

export const claims: readonly Claim[] = [bounded, killed, twoServers, browsers, beside]
