import { toHex } from "@sourceprint/core/bytes.js"
import { nameKey } from "@sourceprint/protocol/account-name.js"
import { type ChatFactor, FactorBit, issueCertificate } from "@sourceprint/protocol/chat/certificate.js"
import { ChatLimit } from "@sourceprint/protocol/chat/chat-limits.js"
import type { ChatAnswer, ChatRequest } from "@sourceprint/protocol/chat/wire.js"
import { type ChannelContext, refusal } from "../application/channel.js"
import type { LocalClient, LocalClients } from "./local-clients.js"
import type { RelayDeps } from "./relay-deps.js"
import type { ServerNotice } from "./server-notice.js"
import { TokenBuckets } from "./token-bucket.js"

/** Below this a client is asked for fresh key packages. */
const LOW_PACKAGES = 8
/** Questions about other people, an account. */
const LOOKUPS_PER_SECOND = 10
const LOOKUP_BURST = 100

type Of<Type extends ChatRequest["type"]> = Extract<ChatRequest, { type: Type }>
type Lookup = Of<"putKeyPackages" | "claimKeyPackages" | "directory" | "clients">

/** Who there is: clients with their certificates and key packages, and names. */
export class ChatDirectory {
  private readonly lookups = new TokenBuckets(LOOKUPS_PER_SECOND, LOOKUP_BURST)

  constructor(
    private readonly deps: Pick<RelayDeps, "store" | "clock" | "identity">,
    private readonly local: LocalClients,
    private readonly tell: (notice: ServerNotice) => void,
  ) {}

  /** Certifies the device's key with what this sign-in has proven. */
  async register(
    { account, session }: ChannelContext,
    { clientId, signatureKey }: Of<"register">,
  ): Promise<ChatAnswer> {
    const { store, clock, identity } = this.deps
    const certificate = await issueCertificate(identity, {
      accountId: account.id,
      name: account.name,
      clientId,
      signatureKey,
      factors: session.factors.filter((factor): factor is ChatFactor => factor in FactorBit),
      timeMs: session.createdAtMs,
    })
    const client = { clientId, accountId: account.id, signatureKey: toHex(signatureKey), certificate }
    const made = await store.registerClient(client, clock.nowMs())
    if (made === "client") throw refusal("client", "this device's id belongs to another device or was dropped")
    if (made === "full") throw refusal("full", "this account has as many devices as it may have; drop one first")
    return { type: "registered", certificate, packagesLeft: made.packagesLeft }
  }

  async answer(client: LocalClient, request: Lookup): Promise<ChatAnswer> {
    if (request.type === "putKeyPackages") return this.put(client, request)
    const nowMs = this.deps.clock.nowMs()
    if (this.lookups.take(client.accountId, nowMs, 0) === undefined) {
      this.lookups.forget(nowMs)
      throw refusal("rate", "too many questions; try again in a few seconds")
    }
    if (request.type === "claimKeyPackages") return await this.claim(request)
    return request.type === "directory" ? await this.names(request) : await this.clients(request)
  }

  /** One of the caller's own devices, lost. */
  async drop({ accountId }: LocalClient, clientId: string): Promise<ChatAnswer> {
    const dropped = await this.deps.store.dropClient(accountId, clientId, this.deps.clock.nowMs())
    if (!dropped) throw refusal("client", "this account has no such device")
    return { type: "done" }
  }

  private async put({ clientId }: LocalClient, request: Of<"putKeyPackages">): Promise<ChatAnswer> {
    const lastResort = request.lastResort.length > 0 ? request.lastResort : undefined
    const packagesLeft = await this.deps.store.putKeyPackages(clientId, request.packages, lastResort)
    return { type: "packagesKept", packagesLeft }
  }

  private async claim({ name, clients }: Of<"claimKeyPackages">): Promise<ChatAnswer> {
    const claimed = await this.deps.store.claimKeyPackages(nameKey(name), clients)
    if (claimed === undefined) throw noAccount()
    for (const { clientId, left } of claimed) {
      if (left >= LOW_PACKAGES) continue
      if (this.local.get(clientId) !== undefined) {
        this.local.send([clientId], { type: "keyPackagesLow", packagesLeft: left })
      } else this.tell({ about: "packages", clientId, left })
    }
    return {
      type: "keyPackages",
      packages: claimed.map(({ clientId, certificate, keyPackage }) => ({
        clientId,
        certificate,
        keyPackage,
      })),
    }
  }

  private async names({ prefix }: Of<"directory">): Promise<ChatAnswer> {
    const key = nameKey(prefix.normalize("NFKC").trimStart())
    return { type: "names", names: await this.deps.store.namesFrom(key, ChatLimit.directoryNames) }
  }

  private async clients({ name }: Of<"clients">): Promise<ChatAnswer> {
    const certificates = await this.deps.store.clientsOf(nameKey(name))
    if (certificates === undefined) throw noAccount()
    return { type: "clients", certificates }
  }
}

const noAccount = (): Error => refusal("account", "there is no account of that name")
