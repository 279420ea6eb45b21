import { type ChatEvent, chatEvent } from "@sourceprint/protocol/chat/wire.js"
import type { ChannelContext } from "../application/channel.js"

/** A client that is connected to this server. */
export interface LocalClient {
  readonly clientId: string
  readonly accountId: string
  readonly name: string
  readonly context: ChannelContext
}

/** Who is connected here, one connection a client: a newer one takes the place of an older one. */
export class LocalClients {
  private readonly byId = new Map<string, LocalClient>()

  get size(): number {
    return this.byId.size
  }

  ids(): string[] {
    return [...this.byId.keys()]
  }

  get(clientId: string): LocalClient | undefined {
    return this.byId.get(clientId)
  }

  put(client: LocalClient): void {
    const older = this.byId.get(client.clientId)
    this.byId.set(client.clientId, client)
    if (older !== undefined && older.context !== client.context) older.context.close()
  }

  /** False when another connection has taken its place. */
  remove(client: LocalClient): boolean {
    if (this.byId.get(client.clientId)?.context !== client.context) return false
    return this.byId.delete(client.clientId)
  }

  /** To those of them that are connected here; encoded once. */
  send(clientIds: Iterable<string>, event: ChatEvent): void {
    let bytes: Uint8Array | undefined
    for (const clientId of clientIds) {
      const client = this.byId.get(clientId)
      if (client === undefined) continue
      bytes ??= chatEvent.encode(event)
      client.context.sendEvent(bytes)
    }
  }
}
