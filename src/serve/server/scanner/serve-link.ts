import type { MessageType } from "@sourceprint/protocol/message.js"
import type { AuditFacts } from "../auth/audit-writer.js"
import type { AuthDeps } from "../auth/auth-deps.js"
import { type Connection, checkClaim } from "../auth/connection.js"
import type { Reason } from "../auth/reason.js"
import type { Received } from "../auth/secure-peer.js"
import { LinkedScanner } from "./linked-scanner.js"

/** A device that links: proof and clock as in a sign-in, then it serves until its connection ends. */
export async function serveLink(
  deps: AuthDeps,
  connection: Connection,
  { message, bytes }: Received<typeof MessageType.linkDevice>,
  onPass: () => void,
): Promise<void> {
  const { audit, crypto, clock, scanners, store, policy } = deps
  const { peer, address, handshake } = connection
  const { proof, words } = message
  const facts = (reason: Reason): AuditFacts => ({
    event: "scanner",
    reason,
    address,
    deviceId: proof.deviceId,
    detail: { scannerId: proof.scannerId },
  })
  const claim = await checkClaim(deps, connection, proof, message.clientTimeMs)
  if (typeof claim === "string" || claim.device === undefined || !policy.linkedScanners) {
    const why = typeof claim === "string" ? claim : "device"
    await audit.write(facts(why))
    await peer.refuseClaim(why, await crypto.sha256(bytes), clock.nowMs())
    return
  }
  const { device, skewMs } = claim
  const scanner = new LinkedScanner(peer, device, words, handshake.h0, skewMs, clock, deps.scannerTiming)
  if (!scanners.add(scanner)) return void (await audit.write(facts("busy")))
  peer.allowImages()
  onPass()
  await audit.write(facts("linked"))
  try {
    await scanner.serve(
      async () => (await store.device(device.id))?.revokedAtMs === undefined,
      () => audit.write(facts("challenge")),
    )
  } finally {
    scanners.remove(scanner)
    await audit.write(facts("unlinked"))
  }
}
