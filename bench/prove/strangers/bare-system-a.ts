import { once } from "node:events"
import { writeFile } from "node:fs/promises"
import { type AddressInfo, createServer } from "node:net"
import { join } from "node:path"
import * as systemA from "../../../test/support/system-a-peer.js"
import { type Outcome, type StrangerCase, sourceprint } from "./stranger-case.js"

const PADDED = /^\d+ +$/

/** `client login --suite system-a` at a server of a few lines that knows the wire facts alone and answers `reply`.
 *  What it saw of the request is said, too. */
async function loginAt(folder: string, reply: Readonly<Record<string, string>>, password: string): Promise<Outcome> {
  let seen = "no request came"
  const server = createServer((socket) => {
    let all = ""
    socket.on("data", (chunk) => {
      all += chunk.toString("latin1")
      if (all.length < 8 || all.length < 8 + Number(all.slice(0, 8))) return
      const { client_id, server_id, timestamp, image, Hsig } = systemA.unseal(all.slice(8))
      const facts = {
        "length padded": PADDED.test(all.slice(0, 8)),
        "time as isoformat()": systemA.isoTime.test(timestamp),
        Hsig: Hsig === systemA.sha256(`${client_id}${server_id}${timestamp}${image}b'${systemA.keyText}'`),
        BMP: Buffer.from(image, "base64").subarray(0, 2).toString() === "BM",
      }
      seen = Object.entries(facts)
        .map(([fact, holds]) => (holds ? fact : `NOT ${fact}`))
        .join(", ")
      const answer = { client_id, server_id, timestamp: "2026-11-30T16:44:14", ...reply, Hsig }
      socket.end(systemA.framed(systemA.seal(JSON.stringify(answer))))
    })
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  try {
    await writeFile(join(folder, "key"), systemA.keyText)
    await writeFile(join(folder, "verifier"), systemA.verifier)
    const files = ["--key-file", "key", "--verifier-file", "verifier"]
    const who = ["--scanner", "twin:ada/thumb@unit-1", "--name", "ada"]
    const args = ["client", "login", "--suite", "system-a", "--server", `127.0.0.1:${port}`, ...files, ...who]
    const { exitCode, said } = await sourceprint(args, { cwd: folder, input: `${password}\n` })
    return { exitCode, said: `${said}\n${seen}` }
  } finally {
    server.close()
  }
}
const REQUEST = /^length padded, time as isoformat\(\), Hsig, BMP$/m

/** Our client of the replaced suite, its bytes looked at by a server that shares no code with it. */
export const bareSystemACases: readonly StrangerCase[] = [
  {
    input: "client login --suite system-a at a bare server, its request byte by byte",
    attempt: (folder) => loginAt(folder, { Hs: systemA.secretHash }, systemA.password),
    must: { exitCode: 0, say: [REQUEST, /^welcome/m] },
  },
  {
    input: "client login --suite system-a at a bare server that answers -1",
    attempt: (folder) => loginAt(folder, { label: "-1" }, systemA.password),
    must: { exitCode: 3, say: [/wrong finger/, REQUEST] },
  },
  {
    input: "client login --suite system-a at a bare server that answers 0",
    attempt: (folder) => loginAt(folder, { label: "0" }, systemA.password),
    must: { exitCode: 3, say: [/wrong scanner/, REQUEST] },
  },
]
