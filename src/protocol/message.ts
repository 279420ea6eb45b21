import { canonicalName, isId } from "./account-name.js"
import { channel, type Sent, toClient, toServer } from "./channel.js"
import {
  accountName,
  blob16,
  blob32,
  code,
  fixed,
  list,
  optional,
  str8,
  struct,
  u8,
  u16,
  u32,
  u64,
  type Values,
  where,
  wordId,
  wordsOf,
} from "./codec.js"
import { deviceProof } from "./device-proof.js"
import { FaceAction } from "./face-action.js"
import { faceBundle } from "./face-bundle.js"
import { faceProgress } from "./face-progress.js"
import { factorSet } from "./factor-set.js"
import { progress } from "./scanner-progress.js"

export const Outcome = { pass: 1, fail: 2, retry: 3 } as const
export type Outcome = (typeof Outcome)[keyof typeof Outcome]

export const Modality = { finger: 1, face: 2 } as const
export type Modality = (typeof Modality)[keyof typeof Modality]

export const DeviceState = { alive: 1, capturing: 2, noFinger: 3, noScanner: 4, declined: 5 } as const
export type DeviceState = (typeof DeviceState)[keyof typeof DeviceState]

/** What people call a scanner ("front desk") and anybody may read: a canonical name, or nothing. */
const scannerWords = where(str8, (words) => words === "" || canonicalName(words) === words, "a canonical name")

const scannerFields = {
  scannerId: wordId,
  words: scannerWords,
  /** Sign-ins at it or waiting for it. */
  busy: u8,
} as const
/** One linked scanner as a browser sees it. */
export type ScannerEntry = Values<typeof scannerFields>

/** The beginning of a capture: what the device signs. */
export const signedCaptureFields = {
  challenge: fixed(32),
  modality: code(Modality),
  /** By the device's clock, ms since 1970. */
  captureTimeMs: u64,
  sequence: u32,
  deviceId: wordId,
  scannerId: wordId,
  imageSha256: fixed(32),
} as const

const challengeFields = {
  challenge: fixed(32),
  serverTimeMs: u64,
  windowMs: u32,
  /** Captures that this session still allows or needs, this one included. */
  remaining: u8,
} as const
const startFields = { name: accountName, clientTimeMs: u64, device: optional(deviceProof) } as const
const applicationFields = { channel: u8, payload: blob32() } as const

/** The messages of docs/protocol.md section 6. A code never changes its meaning. */
export const signIn = channel({
  signInStart: toServer(0x11, { ...startFields, ke1: blob16 }),
  signInFinish: toServer(0x12, { ke3: blob16 }),
  capture: toServer(0x13, {
    ...signedCaptureFields,
    signature: fixed(64),
    /** A file as the scanner's driver wrote it (BMP). */
    image: blob32(),
  }),
  enrolStart: toServer(0x14, {
    ...startFields,
    enrolmentId: fixed(32),
    code: str8,
    finger: wordId,
    request: blob16,
  }),
  enrolRecord: toServer(0x15, { record: blob16 }),
  clientApplication: toServer(0x16, applicationFields),
  addFinger: toServer(0x17, { finger: wordId }),
  resume: toServer(0x18, { token: fixed(32), clientTimeMs: u64 }),
  faceCapture: toServer(0x19, {
    challenge: fixed(32),
    /** When the first frame was taken, by this end's clock, ms since 1970. */
    captureTimeMs: u64,
    sequence: u32,
    bundleSha256: fixed(32),
    frames: faceBundle,
  }),
  /** The browser's answer, JSON (WebAuthn AuthenticationResponseJSON). */
  passkeyAnswer: toServer(0x1a, { answer: blob16 }),
  linkDevice: toServer(0x1b, { clientTimeMs: u64, proof: deviceProof, words: scannerWords }),
  /** An empty id: the only one that is linked. */
  chooseScanner: toServer(0x1c, {
    scannerId: where(str8, (text) => text === "" || isId(text), "an id, or nothing"),
  }),
  recovery: toServer(0x1d, { code: str8 }),
  deviceState: toServer(0x1e, {
    state: code(DeviceState),
    /** By the device's clock, ms since 1970. */
    clientTimeMs: u64,
    /** What it is about; zero for `alive`. */
    challenge: fixed(32),
  }),
  /** One of the ways that `factors` named, or several together. */
  chooseFactors: toServer(0x1f, { chosen: factorSet }),
  /** Before a signInStart, from a browser in which the account has signed in before (`knownBrowserToken`). */
  knownBrowser: toServer(0x20, { token: fixed(32) }),

  signInResponse: toClient(0x21, { serverTimeMs: u64, ke2: blob16 }),
  challenge: toClient(0x22, challengeFields),
  decision: toClient(0x23, {
    outcome: code(Outcome),
    /** Of the message that it answers. */
    requestSha256: fixed(32),
    /** Zero unless passed. */
    token: fixed(32),
    expiresAtMs: u64,
  }),
  busy: toClient(0x24, { retryAfterMs: u32 }),
  enrolResponse: toClient(0x25, { response: blob16 }),
  serverApplication: toClient(0x26, applicationFields),
  faceChallenge: toClient(0x27, {
    ...challengeFields,
    /** To be done in this order, from and back to a look straight ahead. */
    actions: list(code(FaceAction), 255, u8),
  }),
  progress: toClient(0x28, { progress }),
  scanners: toClient(0x29, {
    /** Captures that are still allowed (sign-in) or needed (sign-up). */
    remaining: u8,
    scanners: list(struct(scannerFields), 0xffff, u16),
  }),
  /** What the browser's WebAuthn call is given, JSON (PublicKeyCredentialRequestOptionsJSON). */
  passkeyChallenge: toClient(0x2a, { options: blob16 }),
  linked: toClient(0x2b, {
    serverTimeMs: u64,
    /** The next one follows within this time; twice as long in silence means that the server is gone. */
    everyMs: u32,
  }),
  factors: toClient(0x2c, {
    ways: where(list(factorSet, 255, u8), (ways) => ways.length > 0, "at least one way"),
  }),
  faceProgress: toClient(0x2d, { progress: faceProgress }),
})

export const clientMessage = signIn.toServer
export const serverMessage = signIn.toClient
export const MessageType = wordsOf(signIn.messages)
export type ClientMessage = Sent<typeof signIn.messages, "toServer">
export type ServerMessage = Sent<typeof signIn.messages, "toClient">
export type CaptureMessage = Extract<ClientMessage, { type: "capture" }>
export type FaceCaptureMessage = Extract<ClientMessage, { type: "faceCapture" }>
