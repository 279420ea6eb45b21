import { join } from "node:path"
import { delay } from "@sourceprint/core/async/delay.js"
import { fromHex, toHex } from "@sourceprint/core/bytes.js"
import { systemClock } from "@sourceprint/core/clock.js"
import { Channel } from "@sourceprint/protocol/application/application-frame.js"
import { ApplicationLink } from "@sourceprint/protocol/application/application-link.js"
import { type ChatRequest, chatAnswer, chatEvent, chatRequest } from "@sourceprint/protocol/chat/wire.js"
import { ClientSession } from "@sourceprint/protocol/client-session.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import { connectServer } from "@sourceprint/serve/client/connect-server.js"
import type { Figure } from "../claim.js"
import { atLeast, atMost } from "../figure.js"
import { planOf, runTransfer, startRig, type TransferRig, writeBigFile } from "./transfer-rig.js"

const POSTS = 100
const PAUSE_MS = 70 // below the relay's 20 posts a second

/** One chat connection: requests, and when each item came by its id. */
class ChatLine {
  private readonly came = new Map<string, (atMs: number) => void>()

  private constructor(private readonly link: ApplicationLink) {
    link.onEvent(Channel.chat, (body) => {
      const event = chatEvent.decode(body)
      if (event?.type === "item") this.came.get(event.item.id)?.(performance.now())
    })
  }

  static async open(rig: TransferRig, who: "ada" | "grace"): Promise<ChatLine> {
    const trusts = (identity: Uint8Array): boolean => toHex(identity) === rig.server.identity
    const deps = { crypto: webCrypto, clock: systemClock, trusts }
    const session = await ClientSession.open(deps, await connectServer({ host: "127.0.0.1", port: rig.server.port }))
    await session.resume(fromHex(rig.tokens[who]))
    const line = new ChatLine(new ApplicationLink(session))
    await line.ask({ type: "register", ...rig.clients[who] })
    return line
  }

  async ask(request: ChatRequest): Promise<void> {
    const answer = chatAnswer.decode(await this.link.request(Channel.chat, chatRequest.encode(request)))
    if (answer === undefined || answer.type === "stale") throw new Error(`${request.type}: ${answer?.type}`)
  }

  /** When the item of this id comes, by this process's clock. */
  arrival(id: string): Promise<number> {
    return new Promise((resolve) => this.came.set(id, resolve))
  }

  close(): void {
    this.link.close()
  }
}

/** From the sending of each message to its arrival at the other person, ms, sorted. */
async function deliveries(rig: TransferRig, ada: ChatLine, grace: ChatLine, epoch: number): Promise<number[]> {
  const tookMs: number[] = []
  for (let n = 0; n < POSTS; n++) {
    const id = toHex(webCrypto.randomBytes(16))
    const arrival = grace.arrival(id)
    const sentMs = performance.now()
    await ada.ask({ type: "post", roomId: rig.roomId, epoch, id, bytes: webCrypto.randomBytes(200) })
    tookMs.push((await arrival) - sentMs)
    await delay(PAUSE_MS)
  }
  return tookMs.sort((a, b) => a - b)
}

const figuresOf = (what: string, tookMs: readonly number[]): Figure[] => [
  { name: `${what}: median`, value: tookMs[Math.floor(tookMs.length / 2)], unit: "ms" },
  atMost(
    `${what}: 99th percentile`,
    tookMs[Math.ceil(0.99 * tookMs.length) - 1],
    250,
    "ms",
    `${tookMs.length} messages, most ${tookMs.at(-1)?.toFixed(1)} ms`,
  ),
]

/** How long messages take while nothing else happens, and while files go up and down through the same server. */
export async function chatBesideBulk(
  folder: string,
  sizeBytes: number,
  logLine: (text: string) => void,
): Promise<readonly Figure[]> {
  const rig = await startRig(folder)
  const [ada, grace] = [await ChatLine.open(rig, "ada"), await ChatLine.open(rig, "grace")]
  try {
    const path = join(folder, "big.bin")
    await writeBigFile(path, sizeBytes, webCrypto.randomBytes(16))
    logLine("messages alone")
    const alone = await deliveries(rig, ada, grace, rig.epoch)
    let over = false
    let movedBytes = 0
    const bulk = (async () => {
      for (let n = 0; !over; n++) {
        // A fresh record each time: a fresh file for the server.
        const plan = { ...planOf(rig, "send", path), record: join(folder, `record-${n}`) }
        await runTransfer(rig, plan)
        movedBytes += sizeBytes
        if (over) break
        await runTransfer(rig, planOf(rig, "receive", join(folder, "received")))
        movedBytes += sizeBytes
      }
    })()
    logLine("messages beside files")
    const beside = await deliveries(rig, ada, grace, rig.epoch)
    over = true
    await bulk
    return [
      ...figuresOf("a message alone", alone),
      ...figuresOf("a message beside files", beside),
      atLeast("bytes of files that went through meanwhile", movedBytes / 1e6, sizeBytes / 1e6, "MB"),
    ]
  } finally {
    ada.close()
    grace.close()
    await rig.stop()
  }
}
