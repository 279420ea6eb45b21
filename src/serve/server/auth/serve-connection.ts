import { messageOf } from "@sourceprint/core/errors.js"
import type { DeviceProof } from "@sourceprint/protocol/device-proof.js"
import { FrameLimit } from "@sourceprint/protocol/frame.js"
import type { FramePort } from "@sourceprint/protocol/frame-port.js"
import { acceptHello } from "@sourceprint/protocol/handshake.js"
import { MessageType, Outcome } from "@sourceprint/protocol/message.js"
import { serveLink } from "../scanner/serve-link.js"
import type { AuthDeps, SignedIn } from "./auth-deps.js"
import type { Connection } from "./connection.js"
import { enrol } from "./enrolment.js"
import { addFinger } from "./finger/add-finger.js"
import { resume } from "./resume.js"
import { SecurePeer } from "./secure-peer.js"
import { signIn } from "./sign-in.js"

/** How often a peer that was told to wait may try again on one connection. */
const MAX_TRIES = 4
/** Serves one connection from the hello to its end. Never throws: a fault of ours is logged and the peer learns nothing
 *  but the end of the connection. @param address of the peer, without the port @param onPass called when it has signed
 *  in, or is a linked scanner */
export async function serveConnection(
  deps: AuthDeps,
  port: FramePort,
  address: string,
  onPass: () => void = () => {},
): Promise<void> {
  try {
    await run(deps, port, address, onPass)
  } catch (error) {
    deps.log.error("connection.fault", { address, why: messageOf(error) })
  } finally {
    port.close()
  }
}

async function run(deps: AuthDeps, port: FramePort, address: string, onPass: () => void): Promise<void> {
  const { crypto, audit, policy, secrets, clock, metrics } = deps
  const hello = await port.receive(FrameLimit.hello, policy.handshakeMs)
  if (typeof hello === "string") {
    if (hello !== "closed") await audit.write({ event: "connection", reason: hello, address })
    return
  }
  const accepted = await metrics.timed("hello", () => acceptHello(crypto, secrets.identity, hello))
  if (accepted === undefined) {
    await audit.write({ event: "connection", reason: "decryption", address })
    return
  }
  const peer = new SecurePeer(port, accepted.channel)
  const connection: Connection = { peer, handshake: accepted, address, helloAtMs: clock.nowMs() }
  await port.send(accepted.serverHello)

  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const start = await firstMessage(connection, policy.handshakeMs)
    if (typeof start === "string") {
      if (start !== "closed") await audit.write({ event: "connection", reason: start, address })
      return
    }
    const { message, bytes } = start
    if (message.type === MessageType.linkDevice) return serveLink(deps, connection, { message, bytes }, onPass)
    if (message.type === MessageType.enrolStart) {
      if ((await enrol(deps, connection, { message, bytes })) !== "again") return
      continue
    }
    const signedIn =
      message.type === MessageType.resume
        ? await metrics.timed("resume", () => resume(deps, connection, { message, bytes }))
        : await metrics.timed("sign-in", () => signIn(deps, connection, { message, bytes }))
    if (signedIn === "again") continue
    if (signedIn === undefined) return
    onPass()
    await afterPass(deps, connection, signedIn, message)
    return
  }
}

/** What a flow begins with; a browser that is known says so before. */
async function firstMessage(connection: Connection, timeoutMs: number) {
  const { peer } = connection
  const first = await peer.receive(["start", "before the start"], timeoutMs)
  if (typeof first === "string") return first
  const { message, bytes } = first
  if (message.type !== MessageType.knownBrowser) return { message, bytes }
  connection.knownBrowser = message.token
  return peer.receive(["start"], timeoutMs)
}

/** What runs over the session. */
function afterPass(
  deps: AuthDeps,
  connection: Connection,
  signedIn: SignedIn,
  start: { readonly clientTimeMs: number; readonly device?: DeviceProof | undefined },
): Promise<void> {
  return deps.application.serve(signedIn, async (finger, request, admitted) => {
    if (!(await admitted())) {
      const { account, session, address, peer } = signedIn
      const facts = { accountId: account.id, deviceId: session.deviceId, address }
      await deps.audit.write({ event: "enrolment", reason: "session", ...facts })
      await peer.decide(Outcome.fail, await deps.crypto.sha256(request))
      return true
    }
    // A peer that proved a device of its own on this connection uses it; any other chooses a linked scanner.
    const device = start.device && (await deps.store.device(start.device.deviceId))
    if (device === undefined && !deps.policy.linkedScanners) return false
    const skewMs = start.clientTimeMs - connection.helloAtMs
    await addFinger(deps, connection, signedIn.account, { device, skewMs }, { finger, admitted })
    return true
  })
}
