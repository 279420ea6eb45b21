import { readFile } from "node:fs/promises"
import { AppError, messageOf } from "@sourceprint/core/errors.js"
import { DEFAULT_FMR, operatingRates } from "@sourceprint/match/operating-points.js"
import type { FactorSet } from "@sourceprint/protocol/factor-set.js"
import { wireForms } from "@sourceprint/protocol/suites/system-a/exchange.js"
import { parse } from "yaml"
import { z } from "zod"

const port = z.int().min(0).max(65535)
const bytes = z.int().min(0)
const seconds = (least: number, most: number) => z.number().min(least).max(most)

const factorSet = z
  .array(z.enum(["password", "finger", "scanner", "face", "passkey"]))
  .refine((factors) => new Set(factors).size === factors.length, "a factor is named twice")
  .refine((factors) => factors.includes("password"), "password is always one of them")
  .refine((factors) => !factors.includes("scanner") || factors.includes("finger"), "scanner needs finger")

/** serve.yaml. Every key has a default; unknown keys are errors. */
export const ServeConfig = z.strictObject({
  host: z.string().default("127.0.0.1"),
  /** The protocol over TCP. */
  port: port.default(7600),
  /** HTTP: WebSocket, health, metrics, pages. */
  httpPort: port.default(7680),
  /** A SQLite file or postgres://… */
  store: z.string().default("data/serve/sourceprint.db"),
  /** The master keys; made on the first start where the file is missing. SOURCEPRINT_MASTER_KEYS takes its place. */
  keyFile: z.string().default("data/serve/master.keys"),
  tls: z.strictObject({ certFile: z.string(), keyFile: z.string() }).optional(),
  /** The server stands behind a reverse proxy: the client's address is the last of X-Forwarded-For. */
  behindProxy: z.boolean().default(false),
  policy: z
    .strictObject({
      /** What every sign-in proves. */
      factors: factorSet.default(["password", "finger", "scanner"]),
      /** Or several such sets, each of which suffices; the client says which it takes. Takes the place of `factors`. */
      accept: z.array(factorSet).min(1).max(8).optional(),
      enrolment: z.enum(["open", "code", "closed"]).default("code"),
      freshnessS: seconds(1, 600).default(20),
      maxSkewS: seconds(1, 86_400).default(600),
      challengeS: seconds(5, 600).default(60),
      capturesPerSignIn: z.int().min(1).max(10).default(3),
      capturesPerEnrolment: z.int().min(1).max(10).default(3),
      /** Good touches of a finger that a sign-in takes, each placed again: with 2, a flat print of a finger is
       *  refused. */
      touchesPerSignIn: z.int().min(1).max(3).default(1),
      /** Pictures of enrolled touches, moved about, are refused; off only for trials that show the same touches
       *  again. */
      refuseCopies: z.boolean().default(true),
      /** What a face may be asked to do, a turn of the head among it, and how much of it at a time. "blink" is left out
       *  unless it is written: real blinks are missed (docs/protocol.md, section 13). */
      faceActions: z
        .array(z.enum(["turnLeft", "turnRight", "blink", "moveCloser"]))
        .min(1)
        .refine((actions) => new Set(actions).size === actions.length, "an action is named twice")
        .refine(
          (actions) => actions.includes("turnLeft") || actions.includes("turnRight"),
          "a turn is one of them: a flat picture can do the others",
        )
        .default(["turnLeft", "turnRight", "moveCloser"]),
      faceActionsAtATime: z.int().min(1).max(4).default(2),
      faceCapturesPerSignIn: z.int().min(1).max(10).default(3),
      faceCapturesPerEnrolment: z.int().min(1).max(10).default(1),
      sessionH: seconds(0.01, 720).default(12),
      refuseSeenImages: z.boolean().default(true),
      /** Captures of sign-ins are kept, sealed, for a study: `sourceprint study export`. Off: no image outlives its
       *  judgement. */
      keepImages: z.boolean().default(false),
      /** Devices may stay linked and serve the sign-ins of browsers, which have no scanner. */
      linkedScanners: z.boolean().default(true),
      /** What a browser sees of such a capture: an outline without ridges; after a pass the capture itself. */
      linkedImage: z.enum(["outline", "after-pass"]).default("outline"),
    })
    .refine(
      (policy) => policy.faceActionsAtATime <= policy.faceActions.length,
      "faceActionsAtATime is more than there are faceActions",
    )
    .prefault({}),
  matching: z
    .strictObject({
      matcher: z.string().default("minutiae"),
      /** False-match rate that the matcher's own threshold is for, where `threshold` is not given. */
      fmr: z.literal(operatingRates).default(DEFAULT_FMR),
      /** From `sourceprint match calibrate`; score >= threshold accepts. */
      threshold: z.number().min(0).optional(),
      qualityFloor: z.number().min(0).max(100).default(20),
      /** Promoted model by scanner id. */
      models: z.record(z.string(), z.string()).default({}),
      /** Folder of a tamper detector, from `sourceprint model tamper-detector`: where the scanner is asked for, images
       *  into which a noise pattern was put are refused. */
      guard: z.string().optional(),
      /** Promoted model of a presentation experiment: images of artefacts are refused, whatever the factors. Without it
       *  an artefact that carries the finger's ridges is let in. */
      liveness: z.string().min(1).optional(),
      threads: z.int().min(1).max(64).optional(),
      /** Captures that may wait for a thread before clients are told to come again. */
      waiting: z.int().min(0).max(100_000).default(400),
    })
    .prefault({}),
  /** What passkeys are bound to (WebAuthn); without it accounts cannot have any. */
  passkeys: z
    .strictObject({
      /** The pages' host name, or a parent domain of it. */
      rpId: z.string().min(1),
      rpName: z.string().min(1).default("sourceprint"),
      /** Where the pages come from: https://host[:port], http for localhost. */
      origins: z.array(z.url()).min(1),
    })
    .optional(),
  /** Where a policy names the face. */
  faces: z
    .strictObject({
      /** Similarities of the embedding-v2 matcher, 0 to 2; score >= threshold accepts. */
      threshold: z.number().min(0).max(2).default(1.6),
      samePerson: z.number().min(0).max(2).default(1.5),
      /** Some 450 MB each. */
      threads: z.int().min(1).max(16).default(1),
    })
    .prefault({}),
  limits: z
    .strictObject({
      connections: z.int().min(1).max(100_000).default(4000),
      connectionsPerAddress: z.int().min(1).max(100_000).default(1000),
      /** After a pass; a browser's tab takes one or two. The oldest makes room for the one that is too many. */
      connectionsPerSession: z.int().min(2).max(10_000).default(16),
      connectionsPerAccount: z.int().min(2).max(10_000).default(64),
      /** Requests that wait for their answers, and as much again of answers that the other end has not read, before
       *  it is paused. */
      bytesPerSession: bytes.min(2 ** 20).default(8 * 1024 ** 2),
      bytesPerAccount: bytes.min(2 ** 20).default(16 * 1024 ** 2),
      bytesPerAddress: bytes.min(2 ** 20).default(128 * 1024 ** 2),
      /** Failures before the back-off begins: of a device with an account, of strangers with it, of a device, of an
       *  address (raise it where many people share one). */
      failuresPerPair: z.int().min(1).default(5),
      failuresPerAccount: z.int().min(1).default(20),
      failuresPerDevice: z.int().min(1).default(50),
      failuresPerAddress: z.int().min(1).default(100),
    })
    .prefault({}),
  chat: z
    .strictObject({
      /** Browsers and terminals of one account. */
      clientsPerAccount: z.int().min(1).max(16).default(16),
      /** Rooms that one account has made. */
      roomsPerAccount: z.int().min(0).max(100_000).default(500),
      /** Clients in one room. */
      membersPerRoom: z.int().min(2).max(256).default(256),
      /** Of sealed items that somebody has not fetched yet, a room. */
      waitingBytesPerRoom: bytes.default(64 * 1024 ** 2),
      /** The same of what one account has sent, over all rooms. */
      waitingBytesPerAccount: bytes.default(256 * 1024 ** 2),
      /** Left free on the disk of a SQLite store, for accounts and the audit log: below it no message is taken. */
      minimumFreeBytes: bytes.default(128 * 1024 ** 2),
      /** Posts, commits and room changes of one account: above this they are slowed down. */
      postsPerSecond: z.number().min(0.1).max(10_000).default(20),
      /** How many may come at once before that. */
      postBurst: z.int().min(1).max(100_000).default(200),
      /** How long an item waits for a client that does not come. */
      keepDays: z.number().min(0.01).max(3650).default(30),
    })
    .prefault({}),
  /** Where signed checkpoints of the audit log go (places that the store's administrator cannot change), and for how
   *  long entries are kept. */
  audit: z
    .strictObject({
      checkpointFile: z.string().optional(),
      /** UDP, RFC 5424. */
      syslog: z.strictObject({ host: z.string(), port: port.default(514) }).optional(),
      checkpointEveryMin: z.number().min(0.01).max(10_080).default(10),
      /** Older entries are deleted once a day, under a seal that says up to which; absent: none ever is. */
      keepDays: z.number().min(1).max(36_500).optional(),
    })
    .prefault({}),
  /** Sealed files of the chat's rooms. */
  files: z
    .strictObject({
      /** A SQLite file of its own or postgres://…; beside `store` unless told. */
      store: z.string().optional(),
      maxFileBytes: bytes.max(2 * 1024 ** 3).default(2 * 1024 ** 3),
      bytesPerAccount: bytes.default(10 * 1024 ** 3),
      filesPerAccount: z.int().min(0).max(1_000_000).default(1000),
      /** Of all accounts together. */
      totalBytes: bytes.default(200 * 1024 ** 3),
      /** Left free on the disk of a SQLite file, for accounts and chat; uploads that were begun stop at half of it. */
      minimumFreeBytes: bytes.default(1024 ** 3),
      keepDays: z.number().min(0.01).max(3650).default(30),
      keepUnfinishedH: z.number().min(0.1).max(8760).default(48),
    })
    .prefault({}),
  /** The replaced wire format, for trials and old clients. Off unless this is written. */
  systemA: z
    .strictObject({
      port,
      /** Holds the one Fernet key, base64url, that every install shares. */
      keyFile: z.string(),
      serverId: z.string().default("server"),
      /** Whose finger is the one enrolled finger. */
      account: z.string(),
      scannerId: z.string(),
      passwordHash: z.string(),
      /** What a client that passed is sent: hex SHA-256 of the account's secret. */
      secretHash: z.string(),
      /** The bytes of the replaced system, or the stricter form of this program's earlier versions. */
      form: z.enum(wireForms).default("original"),
    })
    .optional(),
})
export type ServeConfig = z.infer<typeof ServeConfig>

/** The sets of factors each of which suffices. @throws AppError "serve/passkeys" */
export function factorPoliciesOf({ policy, passkeys }: ServeConfig): readonly FactorSet[] {
  const factorPolicies = policy.accept ?? [policy.factors]
  if (factorPolicies.every((factorPolicy) => factorPolicy.includes("passkey"))) {
    const cure = "name another set under policy.accept"
    throw new AppError("serve/passkeys", `a passkey is added after a sign-in, so one way has to do without: ${cure}`)
  }
  if (passkeys === undefined && factorPolicies.some((factorPolicy) => factorPolicy.includes("passkey"))) {
    throw new AppError("serve/passkeys", "the policy asks for a passkey, but passkeys (rpId, origins) is not set")
  }
  return factorPolicies
}

/** @throws AppError "serve/config" that names file, key and fault */
export async function readServeConfig(path: string | undefined): Promise<ServeConfig> {
  if (path === undefined) return ServeConfig.parse({})
  let content: unknown
  try {
    content = parse(await readFile(path, "utf8"))
  } catch (cause) {
    throw new AppError("serve/config", `cannot read ${path}: ${messageOf(cause)}`, { cause })
  }
  const parsed = ServeConfig.safeParse(content ?? {})
  if (!parsed.success) throw new AppError("serve/config", `${path}: ${z.prettifyError(parsed.error)}`)
  return parsed.data
}
