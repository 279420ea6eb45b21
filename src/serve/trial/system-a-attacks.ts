import { once } from "node:events"
import { connect } from "node:net"
import { concat, utf8 } from "@sourceprint/core/bytes.js"
import type { Rng } from "@sourceprint/core/rng.js"
import type { CryptoProvider } from "@sourceprint/protocol/crypto-provider.js"
import {
  decodeTokenFrame,
  encodeTokenFrame,
  localTimestamp,
  parseReply,
  type SystemAReply,
  signFields,
} from "@sourceprint/protocol/suites/system-a/exchange.js"
import { type FernetKey, fernetOpen, fernetSeal } from "@sourceprint/protocol/suites/system-a/fernet.js"

/** The replaced suite under the same attacks. */
export interface SystemATarget {
  readonly crypto: CryptoProvider
  readonly port: number
  readonly key: FernetKey
  readonly keyText: string
  readonly serverId: string
  /** A picture of the one enrolled finger. */
  freshImpression(): Uint8Array
  readonly strangersImpression: Uint8Array
}

export interface SystemAAttack {
  readonly id: string
  readonly title: string
  /** True when the attacker got what was not theirs. */
  run(target: SystemATarget, attempt: number, rng: Rng): Promise<boolean>
}

async function sealedRequest(
  { crypto, key, keyText, serverId }: SystemATarget,
  image: Uint8Array,
  { clientId = "client", timeMs = Date.now() } = {},
): Promise<string> {
  const base64 = Buffer.from(image).toString("base64")
  const fields = {
    client_id: clientId,
    server_id: serverId,
    timestamp: localTimestamp(timeMs),
    image: base64,
  }
  const request = { ...fields, Hsig: await signFields(crypto, fields, keyText) }
  return fernetSeal(crypto, key, utf8(JSON.stringify(request)), Math.floor(Date.now() / 1000))
}

/** Sends a token; the reply's token, or undefined when the server closed without one. */
async function exchange({ port }: SystemATarget, token: string): Promise<string | undefined> {
  const socket = connect(port, "127.0.0.1")
  let arrived: Uint8Array = new Uint8Array(0)
  socket.on("data", (chunk) => {
    arrived = concat([arrived, chunk])
  })
  socket.on("error", () => {})
  await once(socket, "connect")
  socket.write(encodeTokenFrame(token))
  await once(socket, "close")
  const reply = decodeTokenFrame(arrived)
  return reply === "more" || reply === "broken" ? undefined : reply
}

async function openReply(target: SystemATarget, token: string | undefined): Promise<SystemAReply | undefined> {
  const { crypto, key } = target
  const plain = token && (await fernetOpen(crypto, key, token, Math.floor(Date.now() / 1000)))
  return plain ? parseReply(plain) : undefined
}

const passes = async (target: SystemATarget, token: string): Promise<boolean> =>
  (await openReply(target, await exchange(target, token)))?.Hs !== undefined

const replay: SystemAAttack = {
  id: "replay-window",
  title: "a recorded request played again within the window",
  async run(target) {
    const token = await sealedRequest(target, target.freshImpression())
    return (await passes(target, token)) && (await passes(target, token))
  },
}

const replayLater: SystemAAttack = {
  id: "replay-later",
  title: "a recorded request played again an hour later",
  run: async (target) =>
    passes(target, await sealedRequest(target, target.freshImpression(), { timeMs: Date.now() - 3_600_000 })),
}

const noPassword: SystemAAttack = {
  id: "wrong-password",
  title: "no password at all: the client alone checked it",
  run: async (target) => passes(target, await sealedRequest(target, target.freshImpression())),
}

const anyName: SystemAAttack = {
  id: "unknown-name",
  title: "a name that nobody has",
  run: async (target, attempt) =>
    passes(target, await sealedRequest(target, target.freshImpression(), { clientId: `nobody-${attempt}` })),
}

const stolenImage: SystemAAttack = {
  id: "stolen-capture",
  title: "a picture that was let in before, in a new request",
  async run(target) {
    const image = target.freshImpression()
    return (
      (await passes(target, await sealedRequest(target, image))) &&
      passes(target, await sealedRequest(target, image, { clientId: "other" }))
    )
  },
}

const forgedReply: SystemAAttack = {
  id: "forged-reply",
  title: "the request's own Hsig echoed in a reply that nobody's server made",
  async run(target) {
    // Any holder of the shared key forges it; the client compares Hsig with its own and nothing else.
    const { crypto, key } = target
    const fields = { client_id: "client", server_id: target.serverId, timestamp: localTimestamp(Date.now()) }
    const Hsig = await signFields(crypto, { ...fields, image: "" }, target.keyText)
    const reply = { ...fields, Hs: "0".repeat(64), Hsig }
    const token = await fernetSeal(crypto, key, utf8(JSON.stringify(reply)), Math.floor(Date.now() / 1000))
    const seen = await openReply(target, token)
    return seen?.Hs !== undefined && seen.Hsig === Hsig
  },
}

const movedField: SystemAAttack = {
  id: "field-tampering",
  title: "a letter moved over the border of two fields: the bare concatenation has the same Hsig",
  async run(target) {
    const { crypto, key, keyText, serverId } = target
    const image = Buffer.from(target.freshImpression()).toString("base64")
    const honest = { client_id: "alice", server_id: serverId, timestamp: localTimestamp(Date.now()), image }
    const Hsig = await signFields(crypto, honest, keyText)
    // The name loses its tail to the image's front of another split: signed text unchanged, meaning changed.
    const moved = { ...honest, client_id: "alic", server_id: `e${serverId}` }
    return (await signFields(crypto, moved, keyText)) === Hsig && key.signing.length === 16
  },
}

const bitFlip: SystemAAttack = {
  id: "bit-flip",
  title: "one letter of the token changed",
  async run(target, _attempt, rng) {
    const token = await sealedRequest(target, target.freshImpression())
    const at = rng.below(token.length)
    const letter = token[at] === "A" ? "B" : "A"
    return passes(target, token.slice(0, at) + letter + token.slice(at + 1))
  },
}

const impostor: SystemAAttack = {
  id: "impostor-finger",
  title: "another person's finger",
  run: async (target) => passes(target, await sealedRequest(target, target.strangersImpression)),
}

export const systemAAttacks: readonly SystemAAttack[] = [
  replay,
  replayLater,
  bitFlip,
  movedField,
  stolenImage,
  impostor,
  noPassword,
  anyName,
  forgedReply,
]
