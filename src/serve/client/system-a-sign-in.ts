import { once } from "node:events"
import { readFile } from "node:fs/promises"
import { connect } from "node:net"
import { concat, equalConstantTime, toHex, utf8 } from "@sourceprint/core/bytes.js"
import type { Clock } from "@sourceprint/core/clock.js"
import { AppError, messageOf } from "@sourceprint/core/errors.js"
import type { CryptoProvider } from "@sourceprint/protocol/crypto-provider.js"
import {
  decodeTokenFrame,
  encodeTokenFrame,
  localTimestamp,
  parseReply,
  passwordVerifier,
  signFields,
} from "@sourceprint/protocol/suites/system-a/exchange.js"
import { type FernetKey, fernetKey, fernetOpen, fernetSeal } from "@sourceprint/protocol/suites/system-a/fernet.js"
import { type ServerAddress, serverName } from "./connect-server.js"
import type { ClientResult } from "./outcome.js"

/** What a client of the replaced suite is set up with. */
export interface SystemAClient {
  readonly crypto: CryptoProvider
  readonly clock: Clock
  readonly key: FernetKey
  readonly keyText: string
  readonly serverId: string
  /** Hex SHA-256 of password hash and secret hash: what the password is checked against, here and nowhere else. */
  readonly verifier: string
}

const ANSWER_TIMEOUT_MS = 30_000
const MAX_REPLY_BYTES = 64 * 1024

/** The two files of such a client. @throws AppError "client/system-a" that names file and cure */
export async function readSystemAFiles(
  keyFile: string,
  verifierFile: string,
): Promise<Pick<SystemAClient, "key" | "keyText" | "verifier">> {
  const content = async (path: string, what: string): Promise<string> => {
    const text = await readFile(path, "utf8").catch((cause: unknown) => {
      throw new AppError("client/system-a", `cannot read ${what} ${path}: ${messageOf(cause)}`, { cause })
    })
    return text.trim()
  }
  const keyText = await content(keyFile, "the key file")
  const key = fernetKey(keyText)
  if (key === undefined) {
    throw new AppError("client/system-a", `${keyFile} holds no Fernet key: 44 characters of base64url are due`)
  }
  const verifier = await content(verifierFile, "the verifier file")
  if (!/^[0-9a-f]{64}$/.test(verifier)) {
    const due = "the SHA-256 of password hash and secret hash, 64 hex digits"
    throw new AppError("client/system-a", `${verifierFile} holds no verifier: ${due}, is due`)
  }
  return { key, keyText, verifier }
}

/** Signs in at a server of the replaced suite, in its original form. Its weaknesses are those of docs/protocol.md
 *  section 10: the password never leaves this client, and whoever holds the shared key can answer. @param image a
 *  BMP @throws AppError "client/unreachable" */
export async function systemASignIn(
  client: SystemAClient,
  server: ServerAddress,
  person: { readonly name: string; readonly password: string },
  image: Uint8Array,
): Promise<ClientResult> {
  const { crypto, clock, key, keyText, serverId } = client
  const nowMs = clock.nowMs()
  const fields = {
    client_id: person.name,
    server_id: serverId,
    timestamp: localTimestamp(nowMs),
    image: Buffer.from(image).toString("base64"),
  }
  const request = { ...fields, Hsig: await signFields(crypto, fields, keyText) }
  const token = await fernetSeal(crypto, key, utf8(JSON.stringify(request)), Math.floor(nowMs / 1000))
  const answer = await exchange(server, encodeTokenFrame(token))
  const plain = answer && (await fernetOpen(crypto, key, answer, Math.floor(clock.nowMs() / 1000)))
  const reply = plain ? parseReply(plain) : undefined
  if (reply === undefined) {
    return {
      outcome: "refused",
      note: "the server closed without a valid reply: check the key, the server id and the clock",
    }
  }
  const ours = reply.client_id === person.name && reply.server_id === serverId && reply.Hsig === request.Hsig
  if (!ours) return { outcome: "refused", note: "the reply is not to this request" }
  if (reply.label !== undefined) {
    return { outcome: "refused", note: reply.label === "0" ? "wrong scanner" : "wrong finger" }
  }
  const passwordHash = toHex(await crypto.sha256(utf8(person.password)))
  const computed = await passwordVerifier(crypto, passwordHash, reply.Hs ?? "")
  return { outcome: equalConstantTime(utf8(computed), utf8(client.verifier)) ? "passed" : "password" }
}

/** Sends a frame; the reply's token, or undefined where the server closed without one. */
async function exchange(address: ServerAddress, frame: Uint8Array): Promise<string | undefined> {
  const socket = connect(address.port, address.host)
  socket.setTimeout(ANSWER_TIMEOUT_MS, () => socket.destroy())
  try {
    await once(socket, "connect")
  } catch (cause) {
    throw new AppError("client/unreachable", `no server answers at ${serverName(address)}: ${messageOf(cause)}`, {
      cause,
    })
  }
  let arrived: Uint8Array = new Uint8Array(0)
  let token: string | undefined
  socket.on("error", () => socket.destroy())
  socket.on("data", (chunk) => {
    arrived = concat([arrived, chunk])
    const found = decodeTokenFrame(arrived)
    if (found === "more" && arrived.length <= MAX_REPLY_BYTES) return
    if (found !== "more" && found !== "broken") token = found
    socket.destroy()
  })
  const closed = once(socket, "close")
  socket.write(frame)
  await closed
  return token
}
