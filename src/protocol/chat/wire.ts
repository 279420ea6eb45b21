import { ChatLimit } from "./chat-limits.js"
import {
  accountName,
  blob,
  choice,
  fixed,
  flag,
  id,
  list,
  long,
  short,
  struct,
  text8,
  type UnionOf,
  union,
  type Values,
} from "./codec.js"

/** The chat channel, docs/protocol.md section "Chat". Ids are 16 bytes on the wire and 32 lower-case hex digits in
 *  memory; `seq` counts a room's items from 1 without gaps; `epoch` is that of the room's MLS group, from 0; times are
 *  ms since 1970. Certificates, key packages, commits, welcomes, messages and signals are opaque to the server. */

const ItemKind = { commit: 1, welcome: 2, message: 3 } as const
export const RoomKind = { room: 1, direct: 2 } as const
/** `in`: gets every item. `gone`: has left or was dropped, gets nothing more, waits to be removed by a commit.
 *  `waiting`: a client of an account that is in the room, or one that asked to rejoin; waits to be added. */
const MemberState = { in: 1, gone: 2, waiting: 3 } as const

const certificate = blob(ChatLimit.certificateBytes)
const keyPackage = blob(ChatLimit.keyPackageBytes)

const itemShape = {
  seq: long,
  kind: choice(ItemKind),
  /** The client that posted or committed it. */
  sender: id,
  /** The epoch it was made in: a commit moves the room to the next one. */
  epoch: long,
  /** Chosen by the sender; the same request again has the same id. */
  id,
  /** When the server took it. */
  timeMs: long,
  bytes: blob(ChatLimit.welcomeBytes),
} as const
export type ChatItem = Values<typeof itemShape>
const item = struct(itemShape)

const memberShape = {
  state: choice(MemberState),
  online: flag,
  /** The last item that this client has acknowledged. */
  acked: long,
  /** The newest one, which may be newer than the one in the room's tree. */
  certificate,
} as const
export type WireMember = Values<typeof memberShape>

const roomShape = {
  roomId: id,
  kind: choice(RoomKind),
  epoch: long,
  /** The seq of the newest item; 0 before the first. */
  head: long,
  members: list(struct(memberShape), ChatLimit.membersPerRoom),
} as const
export type WireRoom = Values<typeof roomShape>

const clients = list(id, ChatLimit.membersPerRoom)

const requests = {
  register: [0x01, { clientId: id, signatureKey: fixed(32) }],
  /** An empty `lastResort` keeps the one that is there. */
  putKeyPackages: [0x02, { packages: list(keyPackage, ChatLimit.keyPackages), lastResort: keyPackage }],
  /** No `clients` stands for all of the account's. */
  claimKeyPackages: [0x03, { name: accountName, clients: list(id, ChatLimit.clientsPerAccount) }],
  directory: [0x04, { prefix: text8 }],
  createRoom: [0x05, { roomId: id, kind: choice(RoomKind) }],
  commit: [
    0x06,
    {
      roomId: id,
      epoch: long,
      id,
      commit: blob(ChatLimit.commitBytes),
      /** One for all that are added; empty where nobody is. */
      welcome: blob(ChatLimit.welcomeBytes),
      added: clients,
      removed: clients,
    },
  ],
  post: [0x07, { roomId: id, epoch: long, id, bytes: blob(ChatLimit.messageBytes) }],
  fetch: [0x08, { roomId: id, after: long, limit: short }],
  ack: [0x09, { acks: list(struct({ roomId: id, seq: long }), ChatLimit.acks) }],
  /** Rooms with ids above `after`, in order of ids; all zero begins. */
  rooms: [0x0a, { after: id }],
  signal: [0x0b, { roomId: id, bytes: blob(ChatLimit.signalBytes) }],
  leave: [0x0c, { roomId: id }],
  rejoin: [0x0d, { roomId: id }],
  dropClient: [0x0e, { clientId: id }],
  clients: [0x0f, { name: accountName }],
} as const
export const chatRequest = union(requests)
export type ChatRequest = UnionOf<typeof requests>

const answers = {
  registered: [0x41, { certificate, packagesLeft: short }],
  packagesKept: [0x42, { packagesLeft: short }],
  keyPackages: [
    0x43,
    { packages: list(struct({ clientId: id, certificate, keyPackage }), ChatLimit.clientsPerAccount) },
  ],
  names: [0x44, { names: list(accountName, ChatLimit.directoryNames) }],
  done: [0x45, {}],
  accepted: [0x46, { seq: long }],
  /** The epoch that the room is in. */
  stale: [0x47, { epoch: long }],
  items: [0x48, { head: long, items: list(item, ChatLimit.items) }],
  rooms: [0x49, { more: flag, rooms: list(struct(roomShape), ChatLimit.rooms) }],
  clients: [0x4a, { certificates: list(certificate, ChatLimit.clientsPerAccount) }],
} as const
export const chatAnswer = union(answers)
export type ChatAnswer = UnionOf<typeof answers>

const events = {
  item: [0x81, { roomId: id, item }],
  delivered: [0x82, { roomId: id, clientId: id, seq: long }],
  presence: [0x83, { name: accountName, online: flag }],
  signal: [0x84, { roomId: id, clientId: id, bytes: blob(ChatLimit.signalBytes) }],
  newClient: [0x85, { name: accountName, clientId: id }],
  keyPackagesLow: [0x86, { packagesLeft: short }],
  gone: [0x87, { roomId: id, clientId: id }],
  waiting: [0x88, { roomId: id, clientId: id }],
} as const
export const chatEvent = union(events)
export type ChatEvent = UnionOf<typeof events>
