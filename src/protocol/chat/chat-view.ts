import type { CertificateClaims, ChatFactor } from "./certificate.js"
import { type ChatContent, utterance } from "./contents.js"
import type { ChatEntry, RoomStatus } from "./room/room-record.js"
import type { RoomState } from "./room/room-state.js"

/** A room as a list shows it. */
export interface RoomView {
  readonly roomId: string
  readonly kind: "room" | "direct"
  /** The room's name; of a direct conversation the other person's. Empty until somebody has told it. */
  readonly title: string
  readonly status: RoomStatus
  readonly unread: number
  /** The seq up to which everything was seen. */
  readonly readSeq: number
  /** The newest item that is shown. */
  readonly last: ChatEntry | undefined
  /** Utterances that the server has not taken yet. */
  readonly waiting: number
}

/** A person in a room, with their devices. */
export interface MemberView {
  readonly accountId: string
  readonly name: string
  readonly self: boolean
  readonly online: boolean
  /** How they were verified at their newest sign-in, by the server's certificate, and when. */
  readonly factors: readonly ChatFactor[]
  readonly verifiedAtMs: number
  readonly clients: readonly ClientView[]
}

export interface ClientView {
  readonly clientId: string
  readonly self: boolean
  readonly factors: readonly ChatFactor[]
  readonly verifiedAtMs: number
}

/** An utterance that waits to be sent. */
export interface WaitingView {
  readonly id: string
  readonly content: ChatContent
  readonly sentAtMs: number
}

/** Whom an item has reached: a person counts when one of their devices has stored it. */
export interface DeliveryView {
  readonly reached: readonly string[]
  readonly missing: readonly string[]
}

/** Persons of a list of clients; for each client the newest certificate that is known of it. */
export function membersView(
  clients: readonly CertificateClaims[],
  self: { readonly clientId: string; readonly accountId: string },
  isOnline: (name: string) => boolean,
): MemberView[] {
  const byAccount = new Map<string, CertificateClaims[]>()
  for (const claims of clients) {
    byAccount.set(claims.accountId, [...(byAccount.get(claims.accountId) ?? []), claims])
  }
  const persons = [...byAccount.values()].map((own): MemberView => {
    const newest = own.reduce((a, b) => (b.timeMs > a.timeMs ? b : a))
    const { accountId, name, factors, timeMs } = newest
    return {
      accountId,
      name,
      self: accountId === self.accountId,
      online: accountId === self.accountId || isOnline(name),
      factors,
      verifiedAtMs: timeMs,
      clients: own.map((claims) => ({
        clientId: claims.clientId,
        self: claims.clientId === self.clientId,
        factors: claims.factors,
        verifiedAtMs: claims.timeMs,
      })),
    }
  })
  return persons.sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** @param members of the room @param last the newest item that is shown */
export function roomView(state: RoomState, members: readonly MemberView[], last: ChatEntry | undefined): RoomView {
  const { roomId, kind, name, status, unread, readSeq } = state.record
  const peer = members.find((member) => !member.self)
  const title = kind === "direct" ? (peer?.name ?? name) : name
  return { roomId, kind, title, status, unread, readSeq, last, waiting: waitingView(state).length }
}

/** Of the bytes of an utterance, which stay the same while it waits: a long queue is looked at with every message. */
const views = new WeakMap<Uint8Array, WaitingView | null>()

function viewOfTask(id: string, plain: Uint8Array): WaitingView | null {
  const known = views.get(plain)
  if (known !== undefined) return known
  const said = utterance.decode(plain)
  const shown = said !== undefined && ["text", "file", "about"].includes(said.content.type)
  const view = shown ? { id, ...said } : null
  views.set(plain, view)
  return view
}

/** The texts, files and changes of messages that have not come back in the room's order yet, the oldest first. */
export const waitingView = ({ tasks }: RoomState): WaitingView[] =>
  tasks.flatMap(({ task }): WaitingView[] => {
    const view = task.type === "send" ? viewOfTask(task.id, task.plain) : null
    return view === null ? [] : [view]
  })
