import { fromHex } from "@sourceprint/core/bytes.js"
import { clockSkew, isFresh } from "@sourceprint/protocol/clock-skew.js"
import type { DeviceProof } from "@sourceprint/protocol/device-proof.js"
import { verifyDevice } from "@sourceprint/protocol/device-signature.js"
import type { Handshake } from "@sourceprint/protocol/handshake.js"
import type { StoredDevice } from "../../store/store.js"
import type { AuthDeps } from "./auth-deps.js"
import type { SecurePeer } from "./secure-peer.js"

/** One connection after the hellos, with what was learnt of it so far. */
export interface Connection {
  readonly peer: SecurePeer
  readonly handshake: Handshake
  /** Without the port. */
  readonly address: string
  /** When serverHello left, by our clock. */
  readonly helloAtMs: number
  /** What a browser has shown of an earlier session, 32 bytes; not looked at yet. */
  knownBrowser?: Uint8Array
}

/** What the first message of either flow tells about the client. */
export interface ClientClaim {
  /** Undefined where the policy asks for none. */
  readonly device: StoredDevice | undefined
  readonly skewMs: number
}

/** Checks device and clock of signInStart or enrolStart. "device" stands for a proof that is missing, unknown, revoked,
 *  for another scanner or not signed by the registered key on this very connection. */
export async function checkClaim(
  { crypto, clock, store, policy }: AuthDeps,
  { handshake, helloAtMs }: Connection,
  proof: DeviceProof | undefined,
  clientTimeMs: number,
): Promise<ClientClaim | "device" | "freshness"> {
  const nowMs = clock.nowMs()
  let device: StoredDevice | undefined
  if (proof !== undefined) {
    device = await store.device(proof.deviceId)
    if (device === undefined || device.revokedAtMs !== undefined || device.scannerId !== proof.scannerId)
      return "device"
    if (!(await verifyDevice(crypto, fromHex(device.publicKey), handshake.h0, proof))) return "device"
  } else if (!policy.linkedScanners && policy.factorPolicies.every((factorPolicy) => factorPolicy.includes("finger")))
    return "device"
  const { skewMs } = clockSkew(helloAtMs, clientTimeMs, nowMs)
  if (!isFresh(clientTimeMs, 0, nowMs, policy.maxSkewMs)) return "freshness"
  return { device, skewMs }
}
