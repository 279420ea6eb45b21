import { channel, type Sent, toClient, toServer } from "../channel.js"
import { accountName, blob32, choice, fixed, flag, id, list, str8, struct, u16, u64, type Values } from "../codec.js"
import { ChatLimit } from "./chat-limits.js"

/** The chat channel, docs/protocol.md section "Chat". Ids are 16 bytes on the wire and 32 lower-case hex digits in
 *  memory; `seq` counts a room's items from 1 without gaps; `epoch` is that of the room's MLS group, from 0; times are
 *  ms since 1970. Certificates, key packages, commits, welcomes, messages and signals are opaque to the server. */

const ItemKind = { commit: 1, welcome: 2, message: 3 } as const
export const RoomKind = { room: 1, direct: 2 } as const
/** `in`: gets every item. `gone`: has left or was dropped, gets nothing more, waits to be removed by a commit.
 *  `waiting`: a client of an account that is in the room, or one that asked to rejoin; waits to be added. */
const MemberState = { in: 1, gone: 2, waiting: 3 } as const

const certificate = blob32(ChatLimit.certificateBytes)
const keyPackage = blob32(ChatLimit.keyPackageBytes)

const itemShape = {
  seq: u64,
  kind: choice(ItemKind),
  /** The client that posted or committed it. */
  sender: id,
  /** The epoch it was made in: a commit moves the room to the next one. */
  epoch: u64,
  /** Chosen by the sender; the same request again has the same id. */
  id,
  /** When the server took it. */
  timeMs: u64,
  bytes: blob32(ChatLimit.welcomeBytes),
} as const
export type ChatItem = Values<typeof itemShape>
const item = struct(itemShape)

const memberShape = {
  state: choice(MemberState),
  online: flag,
  /** The last item that this client has acknowledged. */
  acked: u64,
  /** The newest one, which may be newer than the one in the room's tree. */
  certificate,
} as const
export type WireMember = Values<typeof memberShape>

const roomShape = {
  roomId: id,
  kind: choice(RoomKind),
  epoch: u64,
  /** The seq of the newest item; 0 before the first. */
  head: u64,
  members: list(struct(memberShape), ChatLimit.membersPerRoom),
} as const
export type WireRoom = Values<typeof roomShape>

const clients = list(id, ChatLimit.membersPerRoom)

export const chatRequests = channel({
  register: toServer(0x01, { clientId: id, signatureKey: fixed(32) }),
  /** An empty `lastResort` keeps the one that is there. */
  putKeyPackages: toServer(0x02, {
    packages: list(keyPackage, ChatLimit.keyPackages),
    lastResort: keyPackage,
  }),
  /** No `clients` stands for all of the account's. */
  claimKeyPackages: toServer(0x03, { name: accountName, clients: list(id, ChatLimit.clientsPerAccount) }),
  directory: toServer(0x04, { prefix: str8 }),
  createRoom: toServer(0x05, { roomId: id, kind: choice(RoomKind) }),
  commit: toServer(0x06, {
    roomId: id,
    epoch: u64,
    id,
    commit: blob32(ChatLimit.commitBytes),
    /** One for all that are added; empty where nobody is. */
    welcome: blob32(ChatLimit.welcomeBytes),
    added: clients,
    removed: clients,
  }),
  post: toServer(0x07, { roomId: id, epoch: u64, id, bytes: blob32(ChatLimit.messageBytes) }),
  fetch: toServer(0x08, { roomId: id, after: u64, limit: u16 }),
  ack: toServer(0x09, { acks: list(struct({ roomId: id, seq: u64 }), ChatLimit.acks) }),
  /** Rooms with ids above `after`, in order of ids; all zero begins. */
  rooms: toServer(0x0a, { after: id }),
  signal: toServer(0x0b, { roomId: id, bytes: blob32(ChatLimit.signalBytes) }),
  leave: toServer(0x0c, { roomId: id }),
  rejoin: toServer(0x0d, { roomId: id }),
  dropClient: toServer(0x0e, { clientId: id }),
  clients: toServer(0x0f, { name: accountName }),
})
export const chatRequest = chatRequests.toServer
export type ChatRequest = Sent<typeof chatRequests.messages, "toServer">

export const chatAnswers = channel({
  registered: toClient(0x41, { certificate, packagesLeft: u16 }),
  packagesKept: toClient(0x42, { packagesLeft: u16 }),
  keyPackages: toClient(0x43, {
    packages: list(struct({ clientId: id, certificate, keyPackage }), ChatLimit.clientsPerAccount),
  }),
  names: toClient(0x44, { names: list(accountName, ChatLimit.directoryNames) }),
  done: toClient(0x45, {}),
  accepted: toClient(0x46, { seq: u64 }),
  /** The epoch that the room is in. */
  stale: toClient(0x47, { epoch: u64 }),
  items: toClient(0x48, { head: u64, items: list(item, ChatLimit.items) }),
  rooms: toClient(0x49, { more: flag, rooms: list(struct(roomShape), ChatLimit.rooms) }),
  clients: toClient(0x4a, { certificates: list(certificate, ChatLimit.clientsPerAccount) }),
})
export const chatAnswer = chatAnswers.toClient
export type ChatAnswer = Sent<typeof chatAnswers.messages, "toClient">

export const chatEvents = channel({
  item: toClient(0x81, { roomId: id, item }),
  delivered: toClient(0x82, { roomId: id, clientId: id, seq: u64 }),
  presence: toClient(0x83, { name: accountName, online: flag }),
  signal: toClient(0x84, { roomId: id, clientId: id, bytes: blob32(ChatLimit.signalBytes) }),
  newClient: toClient(0x85, { name: accountName, clientId: id }),
  keyPackagesLow: toClient(0x86, { packagesLeft: u16 }),
  gone: toClient(0x87, { roomId: id, clientId: id }),
  waiting: toClient(0x88, { roomId: id, clientId: id }),
})
export const chatEvent = chatEvents.toClient
export type ChatEvent = Sent<typeof chatEvents.messages, "toClient">
