import { systemClock } from "@sourceprint/core/clock.js"
import { ClientSession } from "@sourceprint/protocol/client-session.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import { trustsPinned } from "./pinned-identity.js"
import { openWebSocketPort } from "./web-socket-port.js"
import { workerPasswordProof } from "./worker-password-proof.js"

/** A fresh connection to the server that these pages came from, its identity proved, nothing said yet.
 *  @param onLost the connection has ended, whoever ended it
 *  @throws AppError "client/unreachable", "protocol/identity", "protocol/closed", "protocol/malformed" */
export async function openSession(onLost: () => void = () => {}): Promise<ClientSession> {
  const port = await openWebSocketPort(onLost)
  const deps = { crypto: webCrypto, clock: systemClock, trusts: trustsPinned, passwords: workerPasswordProof }
  return ClientSession.open(deps, port)
}
