import { readFileSync } from "node:fs"
import type { Socket } from "node:net"
import { limitAddress } from "./limit-address.js"
import type { ServerMetrics } from "./metrics.js"

export interface SocketLimitsConfig {
  /** Of both ports together, from accept to the last byte. */
  readonly sockets: number
  readonly perAddress: number
}

/** For the databases, the worker threads and their files, and what a request opens. */
const OTHER_DESCRIPTORS = 96
/** Of all sockets, kept free of strangers. */
const RESERVE = 0.25

/** How many sockets this process may hold: what is configured, or less where its descriptors do not suffice. */
export function socketsWithin(wanted: number): number {
  const limit = descriptorLimit()
  return limit === undefined ? wanted : Math.max(16, Math.min(wanted, limit - OTHER_DESCRIPTORS))
}

/** Linux tells; elsewhere the configuration alone counts. */
function descriptorLimit(): number | undefined {
  try {
    const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8")) ?? []
    return soft === undefined ? undefined : Number(soft)
  } catch {
    return undefined
  }
}

const endsOf = ({ remoteAddress, remotePort, localPort }: Socket): string =>
  `${remoteAddress} ${remotePort} ${localPort}`

/** Every socket of both ports, whatever it says or does not say, until it is closed. Where strangers (who have not
 *  signed in) hold all that is theirs, the one that has been there longest makes room, so that nobody keeps others out
 *  by holding on; a part of all is kept for who has signed in. */
export class SocketLimits {
  /** By both ends, the oldest first. */
  private readonly strangers = new Map<string, Socket>()
  private readonly known = new Set<string>()
  private readonly byAddress = new Map<string, number>()

  constructor(
    private readonly limits: SocketLimitsConfig,
    private readonly metrics: ServerMetrics,
  ) {
    metrics.gauge("sockets", () => this.strangers.size + this.known.size)
  }

  /** False: the socket is refused and has been destroyed. @param counted whether its address is its own, not a
   *  proxy's */
  accept(socket: Socket, counted: boolean): boolean {
    const { sockets, perAddress } = this.limits
    const address = limitAddress(socket.remoteAddress ?? "unknown")
    const count = this.byAddress.get(address) ?? 0
    if (counted && count >= perAddress) return this.refuse(socket)
    const forStrangers = sockets - Math.max(1, Math.floor(sockets * RESERVE))
    const full = this.strangers.size + this.known.size >= sockets || this.strangers.size >= forStrangers
    if (full) {
      const [oldest] = this.strangers
      if (oldest === undefined) return this.refuse(socket)
      this.metrics.outcome("socket", "displaced")
      this.strangers.delete(oldest[0])
      oldest[1].destroy()
    }
    const ends = endsOf(socket)
    this.strangers.set(ends, socket)
    this.byAddress.set(address, count + 1)
    socket.once("close", () => {
      this.strangers.delete(ends)
      this.known.delete(ends)
      const left = (this.byAddress.get(address) ?? 1) - 1
      if (left > 0) this.byAddress.set(address, left)
      else this.byAddress.delete(address)
    })
    return true
  }

  /** Its peer has signed in, or is a linked scanner. @param socket itself, or the TLS socket above it */
  keep(socket: Socket): void {
    const ends = endsOf(socket)
    if (this.strangers.delete(ends)) this.known.add(ends)
  }

  private refuse(socket: Socket): false {
    this.metrics.outcome("socket", "refused")
    socket.destroy()
    return false
  }
}
