import { randomBytes } from "node:crypto"
import { enrolPerson, testServer, touch } from "../../../test/support/auth-server.js"
import { withoutPython } from "../../../test/support/python-peers.js"
import { pythonSignIn } from "../../../test/support/python-sign-in.js"
import type { Outcome, StrangerCase } from "./stranger-case.js"

/** The client in Python, written from docs/protocol.md alone, at a real server, with touches of these fingers. */
async function signedIn(password: string, ...fingers: readonly string[]): Promise<Outcome> {
  const server = await testServer({ policy: { handshakeMs: 60_000 } })
  try {
    const device = { id: "pi-1", scannerId: "r307-1", key: randomBytes(32) }
    const own = await server.addDevice(device.id, device.scannerId, device.key)
    await enrolPerson(server, own, "Ada", "a password")
    const images = fingers.map((finger) => touch(finger, device.scannerId))
    const { lines, exitCode } = await pythonSignIn(server, { name: "Ada", password, device, images })
    return { exitCode, said: lines.join(", ") }
  } finally {
    await server.stop()
  }
}

/** Sign-in by a client that shares no code with ours. */
export const pythonClientCases: readonly StrangerCase[] = [
  {
    input: "a sign-in in Python, from docs/protocol.md alone: password, finger, scanner, one wrong touch first",
    skip: withoutPython,
    attempt: () => signedIn("a password", "Eve-finger", "Ada-finger"),
    must: { exitCode: 0, say: [/server proven, password proven, challenge.*, retry, challenge.*, pass$/] },
  },
  {
    input: "the same with a wrong password",
    skip: withoutPython,
    attempt: () => signedIn("another", "Ada-finger"),
    must: { exitCode: 1, say: [/^server proven/], notSay: [/password proven/, /pass$/] },
  },
]
