import { toHex } from "@sourceprint/core/bytes.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import { ClientState } from "@sourceprint/serve/client/client-state.js"
import { testServer } from "../../../test/support/auth-server.js"
import { type Outcome, sourceprint } from "./stranger-case.js"

/** Loaded before the command: every clock of the process is an hour late. */
const LATE = "data:text/javascript,const%20now=Date.now;Date.now=()=>now()-3600000"

/** Two sign-ins at a server: with a key that nobody registered, and with a registered one an hour late.
 *  @returns what both said, and how the late one ended */
export async function lateClient(folder: string): Promise<Outcome> {
  const server = await testServer()
  try {
    const { signer } = await new ClientState(folder, webCrypto).makeDevice("desk", "unit-1")
    const identity = toHex(server.deps.secrets.identity.publicKey)
    const args = [
      "client",
      "login",
      "--server",
      `127.0.0.1:${server.port}`,
      "--server-key",
      identity,
      "--state",
      folder,
    ]
    const login = (env: Record<string, string>): Promise<Outcome> =>
      sourceprint([...args, "--scanner", "twin:ada/thumb@unit-1", "--name", "Ada"], { cwd: folder, env, input: "pw\n" })
    const stranger = await login({})
    const device = { id: "desk", scannerId: "unit-1", publicKey: toHex(signer.publicKey), createdAtMs: 0 }
    await server.deps.store.addDevice(device, { atMs: 0, event: "admin", reason: "device-added" })
    const late = await login({ NODE_OPTIONS: `--import ${LATE}` })
    return { exitCode: late.exitCode, said: `${stranger.said}\n${late.said}` }
  } finally {
    await server.stop()
  }
}
