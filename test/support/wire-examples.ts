import { type AccountRequest, accountCalls } from "@sourceprint/protocol/account/account-messages.js"
import {
  type Answer,
  applicationAnswer,
  applicationEvent,
  applicationRequest,
} from "@sourceprint/protocol/application/application-frame.js"
import { type AboutAction, type ChatContent, utterance } from "@sourceprint/protocol/chat/contents.js"
import {
  type ChatEntry,
  chatEntry,
  type EntryBody,
  type IdentityRecord,
  identityRecord,
  knownKeys,
  messageMarks,
  type PendingCommit,
  pendingCommit,
  placeRecord,
  type RoomRecord,
  type RoomTask,
  roomRecord,
  roomTask,
} from "@sourceprint/protocol/chat/room/room-record.js"
import {
  type ChatAnswer,
  type ChatEvent,
  type ChatRequest,
  chatAnswer,
  chatEvent,
  chatRequest,
} from "@sourceprint/protocol/chat/wire.js"
import type { Codec } from "@sourceprint/protocol/codec.js"
import { FaceAction } from "@sourceprint/protocol/face-action.js"
import { FaceCheck, FaceStage } from "@sourceprint/protocol/face-progress.js"
import { ChunkSet } from "@sourceprint/protocol/files/chunk-set.js"
import { type FileDescriptor, fileDescriptor } from "@sourceprint/protocol/files/file-descriptor.js"
import { type FileRequest, fileCalls, fileState, fileUsage } from "@sourceprint/protocol/files/file-wire.js"
import { uploadRecord } from "@sourceprint/protocol/files/upload-record.js"
import { hello } from "@sourceprint/protocol/hello.js"
import {
  type ClientMessage,
  clientMessage,
  DeviceState,
  MessageType,
  type ServerMessage,
  serverMessage,
} from "@sourceprint/protocol/message.js"
import { Check, JobEnd, type Progress, Purpose, Stage, Unable } from "@sourceprint/protocol/scanner-progress.js"

/** Representative values of everything that has a binary form on the wire or in a client's storage. Their bytes are in
 *  test/vectors/wire. */
export interface WireExample {
  readonly name: string
  readonly value: unknown
  encode(): Uint8Array
  decode(bytes: Uint8Array): unknown
}

const run = (first: number, sizeBytes: number): Uint8Array =>
  Uint8Array.from({ length: sizeBytes }, (_, i) => (first + i) & 0xff)
const hexId = (first: number): string => first.toString(16).padStart(2, "0").repeat(16)

const formatOf = <T>(
  name: string,
  encode: (value: T) => Uint8Array,
  decode: (bytes: Uint8Array) => T | undefined,
  values: Readonly<Record<string, T>>,
): WireExample[] =>
  Object.entries(values).map(([of, value]) => ({
    name: `${name}/${of}`,
    value,
    encode: () => encode(value),
    decode,
  }))

const TIME = 1_800_000_000_123
const proof = { deviceId: "device-7", scannerId: "front.desk_1", signature: run(1, 64) }
const faceCapture = {
  type: MessageType.faceCapture,
  challenge: run(2, 32),
  captureTimeMs: TIME,
  sequence: 3,
  bundleSha256: run(4, 32),
  frames: [
    { offsetMs: 0, image: run(5, 7) },
    { offsetMs: 130, image: run(6, 9) },
  ],
}
const progress = (value: Progress): ServerMessage => ({ type: MessageType.progress, progress: value })

const clientMessages: Readonly<Record<string, ClientMessage>> = {
  signInStart: {
    type: MessageType.signInStart,
    name: "Ünal 李",
    clientTimeMs: TIME,
    device: proof,
    ke1: run(7, 96),
  },
  "signInStart without a device": {
    type: MessageType.signInStart,
    name: "ada",
    clientTimeMs: 0,
    device: undefined,
    ke1: run(8, 1),
  },
  signInFinish: { type: MessageType.signInFinish, ke3: run(9, 64) },
  capture: {
    type: MessageType.capture,
    challenge: run(10, 32),
    modality: 1,
    captureTimeMs: TIME,
    sequence: 4_000_000_000,
    deviceId: "d",
    scannerId: "s",
    imageSha256: run(11, 32),
    signature: run(12, 64),
    image: run(13, 300),
  },
  enrolStart: {
    type: MessageType.enrolStart,
    name: "ada",
    clientTimeMs: TIME,
    device: undefined,
    enrolmentId: run(14, 32),
    code: "K7QD-é",
    finger: "right-index",
    request: run(15, 32),
  },
  enrolRecord: { type: MessageType.enrolRecord, record: run(16, 192) },
  clientApplication: { type: MessageType.clientApplication, channel: 4, payload: run(17, 20) },
  addFinger: { type: MessageType.addFinger, finger: "left-thumb" },
  resume: { type: MessageType.resume, token: run(18, 32), clientTimeMs: TIME },
  faceCapture,
  passkeyAnswer: { type: MessageType.passkeyAnswer, answer: run(19, 40) },
  linkDevice: { type: MessageType.linkDevice, clientTimeMs: TIME, proof, words: "front desk" },
  chooseScanner: { type: MessageType.chooseScanner, scannerId: "front.desk_1" },
  "chooseScanner, the only one": { type: MessageType.chooseScanner, scannerId: "" },
  recovery: { type: MessageType.recovery, code: "0123-4567-89AB-CDEF" },
  deviceState: {
    type: MessageType.deviceState,
    state: DeviceState.noScanner,
    clientTimeMs: TIME,
    challenge: run(20, 32),
  },
  chooseFactors: { type: MessageType.chooseFactors, chosen: ["password", "finger", "scanner"] },
  knownBrowser: { type: MessageType.knownBrowser, token: run(70, 32) },
}

const serverMessages: Readonly<Record<string, ServerMessage>> = {
  signInResponse: { type: MessageType.signInResponse, serverTimeMs: TIME, ke2: run(21, 320) },
  challenge: {
    type: MessageType.challenge,
    challenge: run(22, 32),
    serverTimeMs: TIME,
    windowMs: 20_000,
    remaining: 3,
  },
  decision: {
    type: MessageType.decision,
    outcome: 3,
    requestSha256: run(23, 32),
    token: run(24, 32),
    expiresAtMs: TIME,
  },
  busy: { type: MessageType.busy, retryAfterMs: 70_000 },
  enrolResponse: { type: MessageType.enrolResponse, response: run(25, 64) },
  serverApplication: { type: MessageType.serverApplication, channel: 0, payload: run(26, 0) },
  faceChallenge: {
    type: MessageType.faceChallenge,
    challenge: run(27, 32),
    serverTimeMs: TIME,
    windowMs: 30_000,
    remaining: 2,
    actions: [FaceAction.turnRight, FaceAction.moveCloser],
  },
  "progress waiting": progress({ stage: Stage.waiting, ahead: 4 }),
  "progress touch": progress({
    stage: Stage.touch,
    scannerId: "front.desk_1",
    name: "Ada",
    purpose: Purpose.signUp,
    code: "0420",
    windowMs: 60_000,
    remaining: 1,
  }),
  "progress capturing": progress({ stage: Stage.capturing }),
  "progress image": progress({ stage: Stage.image, whole: true, image: run(28, 30) }),
  "progress check": progress({ stage: Stage.check, check: Check.scanner, value: -0.75, threshold: 1e-9 }),
  "progress unable": progress({ stage: Stage.unable, reason: Unable.unlinked }),
  "progress ended": progress({ stage: Stage.ended, end: JobEnd.cancelled }),
  scanners: {
    type: MessageType.scanners,
    remaining: 3,
    scanners: [
      { scannerId: "a", words: "", busy: 0 },
      { scannerId: "b", words: "the gate", busy: 5 },
    ],
  },
  passkeyChallenge: { type: MessageType.passkeyChallenge, options: run(29, 50) },
  linked: { type: MessageType.linked, serverTimeMs: TIME, everyMs: 20_000 },
  factors: { type: MessageType.factors, ways: [["password"], ["password", "face", "passkey"]] },
  "faceProgress looked": {
    type: MessageType.faceProgress,
    progress: { stage: FaceStage.looked, done: 3, total: 24 },
  },
  "faceProgress check": {
    type: MessageType.faceProgress,
    progress: { stage: FaceStage.check, check: FaceCheck.person, value: 0.5, threshold: 0.25 },
  },
}

const hellos = { version: 1, suite: 1, random: run(30, 32), ephemeral: run(31, 32) } as const

const answers: Readonly<Record<string, Answer>> = {
  ok: { status: "ok", body: run(34, 5) },
  refused: { status: "refused", code: "sign-in-again", words: "for this please sign in again" },
  busy: { status: "busy" },
}

const fileId = run(35, 16)
const roomBytes = run(36, 16)
const present = ChunkSet.empty(11)
present.add(0)
present.add(10)
const descriptor: FileDescriptor = {
  fileId,
  key: run(37, 32),
  sha256: run(38, 32),
  name: "ﬁle «ü».txt",
  type: "text/plain",
  sizeBytes: 2 ** 31,
}
const fileRequests: Readonly<Record<string, FileRequest>> = {
  begin: { kind: "begin", fileId, roomId: roomBytes, chunks: 2, sealedBytes: 262_200 },
  put: { kind: "put", fileId, index: 258, sealed: run(39, 29) },
  state: { kind: "state", fileId },
  get: { kind: "get", fileId, index: 8_191 },
  finish: { kind: "finish", fileId },
  cancel: { kind: "cancel", fileId },
  usage: { kind: "usage" },
}

const accountRequests: Readonly<Record<string, AccountRequest>> = {
  overview: { ask: "overview" },
  newRecoveryCodes: { ask: "newRecoveryCodes" },
  passkeyOptions: { ask: "passkeyOptions" },
  addPasskey: { ask: "addPasskey", label: "blue key", answer: run(40, 60) },
  beginFace: { ask: "beginFace" },
  addFace: { ask: "addFace", capture: faceCapture },
  removeFactor: { ask: "removeFactor", id: "f1" },
  endSession: { ask: "endSession", id: "s1" },
  deleteAccount: { ask: "deleteAccount", name: " Ada " },
  startPasswordChange: { ask: "startPasswordChange", ke1: Uint8Array.of(1, 2), request: Uint8Array.of(3) },
  finishPasswordChange: {
    ask: "finishPasswordChange",
    ke3: Uint8Array.of(1),
    record: Uint8Array.of(2, 3),
    endOthers: true,
  },
}

const [roomId, id, clientId, otherId, accountId] = [1, 2, 3, 4, 5].map(hexId)
const item = {
  seq: 9,
  kind: "commit",
  sender: clientId,
  epoch: 4,
  id,
  timeMs: TIME,
  bytes: run(41, 12),
} as const
const member = { state: "waiting", online: true, acked: 8, certificate: run(42, 20) } as const
const room = { roomId, kind: "direct", epoch: 4, head: 9, members: [member] } as const

const chatRequests: { readonly [T in ChatRequest["type"]]: Extract<ChatRequest, { type: T }> } = {
  register: { type: "register", clientId, signatureKey: run(43, 32) },
  putKeyPackages: { type: "putKeyPackages", packages: [run(44, 3), run(45, 0)], lastResort: run(46, 2) },
  claimKeyPackages: { type: "claimKeyPackages", name: "ada", clients: [clientId, otherId] },
  directory: { type: "directory", prefix: "a" },
  createRoom: { type: "createRoom", roomId, kind: "room" },
  commit: {
    type: "commit",
    roomId,
    epoch: 4,
    id,
    commit: run(47, 10),
    welcome: run(48, 11),
    added: [clientId],
    removed: [otherId],
  },
  post: { type: "post", roomId, epoch: 2 ** 40, id, bytes: run(49, 4) },
  fetch: { type: "fetch", roomId, after: 3, limit: 512 },
  ack: { type: "ack", acks: [{ roomId, seq: 7 }] },
  rooms: { type: "rooms", after: "0".repeat(32) },
  signal: { type: "signal", roomId, bytes: run(50, 6) },
  leave: { type: "leave", roomId },
  rejoin: { type: "rejoin", roomId },
  dropClient: { type: "dropClient", clientId },
  clients: { type: "clients", name: "Bob" },
}
const chatAnswers: { readonly [T in ChatAnswer["type"]]: Extract<ChatAnswer, { type: T }> } = {
  registered: { type: "registered", certificate: run(51, 8), packagesLeft: 300 },
  packagesKept: { type: "packagesKept", packagesLeft: 64 },
  keyPackages: {
    type: "keyPackages",
    packages: [{ clientId, certificate: run(52, 5), keyPackage: run(53, 6) }],
  },
  names: { type: "names", names: ["Ada", "Bob"] },
  done: { type: "done" },
  accepted: { type: "accepted", seq: 10 },
  stale: { type: "stale", epoch: 5 },
  items: {
    type: "items",
    head: 9,
    items: [item, { ...item, kind: "welcome" }, { ...item, kind: "message" }],
  },
  rooms: { type: "rooms", more: true, rooms: [room] },
  clients: { type: "clients", certificates: [run(54, 4)] },
}
const chatEvents: { readonly [T in ChatEvent["type"]]: Extract<ChatEvent, { type: T }> } = {
  item: { type: "item", roomId, item },
  delivered: { type: "delivered", roomId, clientId, seq: 6 },
  presence: { type: "presence", name: "ada", online: false },
  signal: { type: "signal", roomId, clientId, bytes: run(55, 3) },
  newClient: { type: "newClient", name: "ada", clientId },
  keyPackagesLow: { type: "keyPackagesLow", packagesLeft: 7 },
  gone: { type: "gone", roomId, clientId },
  waiting: { type: "waiting", roomId, clientId },
}
const contents: { readonly [T in ChatContent["type"]]: Extract<ChatContent, { type: T }> } = {
  text: { type: "text", text: "hello\n👩‍👩‍👧‍👦" },
  file: { type: "file", file: descriptor },
  roomInfo: { type: "roomInfo", kind: "room", name: "Garden" },
  leave: { type: "leave" },
  safety: { type: "safety", accountId, numberSha256: run(56, 32) },
  about: { type: "about", messageId: id, action: { type: "reply", text: "why?" } },
}
const actions: { readonly [T in Exclude<AboutAction["type"], "reply">]: Extract<AboutAction, { type: T }> } = {
  edit: { type: "edit", text: "hello, Bob" },
  delete: { type: "delete" },
  reaction: { type: "reaction", emoji: "👍🏽", on: true },
}

const roomRecords: Readonly<Record<string, RoomRecord>> = Object.fromEntries(
  (["active", "joining", "lost", "removed", "left"] as const).map((status) => [
    status,
    {
      roomId,
      kind: "room",
      name: "Garden",
      status,
      cursor: 9,
      firstSeq: 2,
      readSeq: 5,
      unread: 3,
      nextOrder: 17,
    },
  ]),
)
const tasks: { readonly [T in RoomTask["type"]]: Extract<RoomTask, { type: T }> } = {
  create: { type: "create", kind: "direct" },
  addAccount: { type: "addAccount", name: "Bob" },
  addClient: { type: "addClient", name: "Bob", clientId },
  removeAccount: { type: "removeAccount", accountId },
  removeClient: { type: "removeClient", clientId },
  send: { type: "send", id, plain: run(57, 9), epoch: 4, sealed: run(58, 0) },
  leave: { type: "leave" },
}
const person = { accountId, name: "Bob", clientId, device: false, newKey: true }
const bodies: { readonly [T in EntryBody["type"]]: Extract<EntryBody, { type: T }> } = {
  ...contents,
  members: { type: "members", added: [person], removed: [{ ...person, device: true }] },
  joined: { type: "joined", again: true, members: [person] },
  removed: { type: "removed" },
  unreadable: { type: "unreadable" },
  quiet: { type: "quiet" },
  newer: { type: "newer" },
  deleted: { type: "deleted" },
}
const sender = { accountId, name: "Bob", clientId }
const entries: Readonly<Record<string, ChatEntry>> = Object.fromEntries(
  Object.entries(bodies).map(([type, body]) => [type, { seq: 9, id, sender, timeMs: TIME, sentAtMs: TIME - 1, body }]),
)
const pending: PendingCommit = {
  id,
  epoch: 4,
  commit: run(59, 3),
  welcome: run(60, 2),
  added: [clientId],
  removed: [],
  fulfils: [16, 17],
  group: run(61, 5),
}
const identity: IdentityRecord = {
  clientId,
  publicKey: run(62, 32),
  signKey: run(63, 48),
  accountId,
  name: "Ada",
  certificate: run(64, 7),
}
const upload = {
  fileId,
  key: run(65, 32),
  roomId: roomBytes,
  name: "a b.bin",
  type: "",
  sizeBytes: 12,
  lastModifiedMs: TIME,
}

const formats = <T>(name: string, codec: Codec<T>, values: Readonly<Record<string, T>>): WireExample[] =>
  formatOf(name, codec.encode, codec.decode, values)

export const wireExamples: readonly WireExample[] = [
  ...formats("hello", hello.toServer, { client: { type: "clientHello", ...hellos } }),
  ...formats("hello", hello.toClient, {
    server: { type: "serverHello", ...hellos, identity: run(32, 32), signature: run(33, 64) },
  }),
  ...formats("sign-in", clientMessage, clientMessages),
  ...formats("sign-in", serverMessage, serverMessages),
  ...formats("application", applicationRequest, { request: { id: 0xfffffffe, body: run(66, 4) } }),
  ...formatOf<Answer>(
    "application",
    (answer) => applicationAnswer.encode({ id: 70_000, answer }),
    (bytes) => applicationAnswer.decode(bytes)?.answer,
    answers,
  ),
  ...formats("application", applicationEvent, { event: { id: 0, body: run(67, 3) } }),
  ...formats("files", fileCalls.request, fileRequests),
  ...formats("files", fileState, {
    "answer state": { chunks: 11, sealedBytes: 99, finished: true, expiresAtMs: TIME, present },
  }),
  ...formats("files", fileUsage, {
    "answer usage": { bytes: 2 ** 40, bytesLimit: 2 ** 41, files: 3, filesLimit: 1_000 },
  }),
  ...formats("files", fileDescriptor, { descriptor }),
  ...formats("files", uploadRecord, { upload }),
  ...formats("account", accountCalls.request, accountRequests),
  ...formats("chat request", chatRequest, chatRequests),
  ...formats("chat answer", chatAnswer, chatAnswers),
  ...formats("chat event", chatEvent, chatEvents),
  ...formatOf(
    "chat content",
    (content: ChatContent) => utterance.encode({ sentAtMs: TIME, content }),
    (bytes) => utterance.decode(bytes)?.content,
    {
      ...contents,
      ...Object.fromEntries(
        Object.entries(actions).map(([type, action]) => [`about ${type}`, { type: "about", messageId: id, action }]),
      ),
    } as Readonly<Record<string, ChatContent>>,
  ),
  ...formats("chat record room", roomRecord, roomRecords),
  ...formats("chat record task", roomTask, tasks as Record<string, RoomTask>),
  ...formats("chat record entry", chatEntry, entries),
  ...formats("chat record", messageMarks, {
    marks: { edited: true, reactions: [{ emoji: "❤️", accountId, name: "Bob" }] },
  }),
  ...formats("chat record", placeRecord, { place: { seq: 9 } }),
  ...formats("chat record", pendingCommit, { pending }),
  ...formats("chat record", identityRecord, { identity }),
  ...formats("chat record", knownKeys, { known: [run(68, 32), run(69, 32)] }),
]
