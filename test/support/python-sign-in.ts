import { spawn } from "node:child_process"
import { toHex } from "@sourceprint/core/bytes.js"
import type { KeyStretching } from "@sourceprint/protocol/opaque.js"
import { quickStretching, type TestServer } from "./auth-server.js"
import { peerScript, python } from "./python-peers.js"

export interface PythonSignIn {
  readonly name: string
  readonly password: string
  readonly stretching?: KeyStretching
  /** Absent: a client without a scanner. `key` is the seed of its signing key, 32 bytes. */
  readonly device?: { readonly id: string; readonly scannerId: string; readonly key: Uint8Array }
  /** The captures, in the order that they are asked for. */
  readonly images?: readonly Uint8Array[]
  /** Answers `factors`, as the byte of a factor set. */
  readonly ways?: number
  /** The server's pinned key, in place of the one that it has. */
  readonly identity?: Uint8Array
  /** A sign-up instead of a sign-in. */
  readonly enrol?: { readonly code: string; readonly finger: string }
}

/** Runs the client of test/peers/python/sign_in.py, which shares no code with ours, to its end.
 *  @returns the lines that it printed, and 0 after a pass. Needs the environment that `withoutPython` asks for. */
export function pythonSignIn(
  { port, deps }: Pick<TestServer, "port" | "deps">,
  { name, password, stretching = quickStretching, device, images = [], ways, identity, enrol }: PythonSignIn,
): Promise<{ readonly lines: readonly string[]; readonly exitCode: number }> {
  const job = {
    port,
    server: toHex(identity ?? deps.secrets.identity.publicKey),
    name,
    password,
    stretching,
    device: device ? { ...device, key: toHex(device.key) } : null,
    images: images.map((image) => Buffer.from(image).toString("base64")),
    ways,
    enrol,
  }
  return new Promise((resolve, reject) => {
    const child = spawn(python, ["-B", peerScript("sign_in.py")])
    let said = ""
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (said += text))
    child.stdin.end(JSON.stringify(job))
    child.on("error", reject)
    child.on("close", (code) => resolve({ lines: said.trimEnd().split(/\r?\n/), exitCode: code ?? 128 }))
  })
}
