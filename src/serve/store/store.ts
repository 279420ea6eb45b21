import type { BackOffRule } from "./back-off.js"

/** What the server remembers. One port; `sql-store.ts` implements it over SQLite and PostgreSQL, and one contract suite
 *  (`test/contract/store-contract.ts`) holds both to it. Times are ms since 1970, hashes hex, `sealed` bytes come from
 *  a KeyRing: the store itself never sees a template, a password record or a token. Whatever changes several things
 *  does so in one transaction and is on disk when the promise resolves. */
export interface Account {
  readonly id: string
  /** Canonical, as shown. */
  readonly name: string
  /** Sealed OPAQUE registration record, label `account/<id>`. */
  readonly sealedRecord: Uint8Array
  readonly operator: boolean
  readonly disabled: boolean
  readonly createdAtMs: number
}

export interface StoredTemplate {
  readonly id: string
  readonly accountId: string
  /** "right-index"; one account may have several, and several templates a finger. Of a passkey, what it is called. */
  readonly finger: string
  readonly modality: "finger" | "face" | "passkey"
  /** The matcher that made it; another matcher cannot read it. */
  readonly matcherId: string
  /** Label `template/<id>`. */
  readonly sealed: Uint8Array
  readonly createdAtMs: number
}

/** What an account may hold of each modality. */
export const TemplatesPerAccount = { finger: 200, face: 50, passkey: 20 } as const

export interface StoredDevice {
  readonly id: string
  readonly scannerId: string
  /** Ed25519, hex. */
  readonly publicKey: string
  readonly createdAtMs: number
  readonly revokedAtMs: number | undefined
}

export interface StoredSession {
  readonly tokenHash: string
  readonly accountId: string
  readonly deviceId: string | undefined
  /** What was proven: "password", "finger", "scanner", "face", "passkey", "recovery". */
  readonly factors: readonly string[]
  readonly createdAtMs: number
  readonly expiresAtMs: number
}

export interface AuditEvent {
  readonly atMs: number
  /** "sign-in", "enrolment", "admin", "server". */
  readonly event: string
  /** A reason of docs/protocol.md section 8, or what was done. */
  readonly reason: string
  readonly accountId?: string | undefined
  readonly deviceId?: string | undefined
  readonly address?: string | undefined
  /** Numbers and short words only: scores, thresholds, counts. */
  readonly detail?: Readonly<Record<string, string | number | boolean>> | undefined
}

export interface AuditEntry extends AuditEvent {
  /** From 1, without a gap. */
  readonly seq: number
  readonly hash: string
}

/** A place in the chain, authenticated by the audit key. */
export interface SealedPoint {
  readonly seq: number
  readonly hash: string
  readonly seal: string
}

export interface NewAccount {
  readonly account: Omit<Account, "operator" | "disabled">
  readonly nameKey: string
  readonly templates: readonly StoredTemplate[]
  /** Hash of the client's name for this attempt; asking again with it finds the account. */
  readonly enrolmentHash: string
  /** Hash of a single-use enrolment code, where the server asks for one. */
  readonly codeHash: string | undefined
  /** Keyed digests of the captures; none may ever sign in. */
  readonly imageDigests: readonly string[]
  readonly audit: AuditEvent
}

export interface AcceptedSignIn {
  readonly session: StoredSession
  /** Keyed digests of the images that proved it; none may pass again. */
  readonly imageDigests: readonly string[]
  /** Keyed hash of the recovery code that took the place of a factor; it is used up. */
  readonly recoveryHash?: string | undefined
  /** A browser that the account is to know from now on, in place of the one that it was. */
  readonly browser?: { readonly id: string; readonly before: string | undefined }
  readonly audit: AuditEvent
}

export interface Failures {
  readonly count: number
  readonly lastMs: number
}

/** Failures under `key`, and the wait that they ask for. */
export interface AttemptLimit extends BackOffRule {
  readonly key: string
}

export type SealedKind = "account" | "template" | "secret"

export interface Store {
  /** The sealed secret of that name: `sealed` where there is none yet, and of several makers one wins. */
  secret(name: string, sealed: Uint8Array): Promise<Uint8Array>

  /** "created", or why not: the name is taken, the code is unknown, used or expired, an image was seen before. */
  createAccount(account: NewAccount): Promise<"created" | "name" | "code" | "replay">
  /** "full": the account would hold more than TemplatesPerAccount. */
  addTemplates(
    templates: readonly StoredTemplate[],
    imageDigests: readonly string[],
    audit: AuditEvent,
  ): Promise<"added" | "replay" | "full">
  accountByName(nameKey: string): Promise<Account | undefined>
  /** Whether an account's name looks like this one (UTS #39), or is it. */
  looksTaken(name: string): Promise<boolean>
  account(id: string): Promise<Account | undefined>
  accountByEnrolment(enrolmentHash: string): Promise<Account | undefined>
  accounts(): Promise<Account[]>
  updateAccount(id: string, change: { operator?: boolean; disabled?: boolean }, audit: AuditEvent): Promise<boolean>
  /** Puts another password record in the place of `before`; false where that is not the record any more.
   *  @param onlySession the hash of the one session that stays; absent: all stay */
  changePassword(
    id: string,
    before: Uint8Array,
    after: Uint8Array,
    onlySession: string | undefined,
    audit: AuditEvent,
  ): Promise<boolean>
  /** Removes the account with templates, sessions and counters. The audit log keeps the account's random id alone. */
  deleteAccount(id: string, audit: AuditEvent): Promise<boolean>
  templates(accountId: string): Promise<StoredTemplate[]>
  /** False where the account has no such template. */
  removeTemplate(accountId: string, id: string, audit: AuditEvent): Promise<boolean>
  /** The codes that an account has from now on; those before are void. Hashes are keyed. */
  replaceRecoveryCodes(accountId: string, hashes: readonly string[], audit: AuditEvent): Promise<void>
  recoveryCodesLeft(accountId: string): Promise<number>

  addDevice(device: Omit<StoredDevice, "revokedAtMs">, audit: AuditEvent): Promise<boolean>
  device(id: string): Promise<StoredDevice | undefined>
  devices(): Promise<StoredDevice[]>
  revokeDevice(id: string, audit: AuditEvent): Promise<boolean>

  addCode(codeHash: string, expiresAtMs: number): Promise<void>
  codeUsable(codeHash: string, nowMs: number): Promise<boolean>

  /** True the first time, false ever after: the replay guard. */
  consumeNonce(nonceHash: string, nowMs: number): Promise<boolean>
  imageSeen(digest: string): Promise<boolean>

  /** Session, image digests, familiarity and audit entry in one; "replay" when an image was accepted meanwhile,
   *  "recovery" when the account has no such recovery code (any more). */
  acceptSignIn(accepted: AcceptedSignIn): Promise<"accepted" | "replay" | "recovery">
  session(tokenHash: string, nowMs: number): Promise<StoredSession | undefined>
  /** Those of an account that have not expired, the youngest first. */
  sessions(accountId: string, nowMs: number): Promise<StoredSession[]>
  revokeSession(tokenHash: string): Promise<boolean>
  /** True when this device, or browser, signed in to this account before. */
  isFamiliar(accountId: string, deviceId: string): Promise<boolean>
  /** The devices that signed in to this account. */
  familiarDevices(accountId: string): Promise<StoredDevice[]>

  failures(keys: readonly string[]): Promise<Map<string, Failures>>
  /** Milliseconds until none of the limits asks for a wait; 0: there is none, and one failure more is counted for each.
   *  Look and count are one: of attempts side by side no more pass than one after another. Last failures that lie in
   *  the future are set to now. */
  countAttempt(limits: readonly AttemptLimit[], nowMs: number, forgetAfterMs: number): Promise<number>
  addFailure(keys: readonly string[], nowMs: number, forgetAfterMs: number): Promise<void>
  /** Takes one failure off each. */
  forgiveFailure(keys: readonly string[]): Promise<void>
  clearFailures(keys: readonly string[]): Promise<void>

  appendAudit(events: readonly AuditEvent[]): Promise<void>
  /** Entries after `seq`, ascending. */
  auditAfter(seq: number, limit: number): Promise<AuditEntry[]>
  /** The sealed head of the chain, as the last append left it. */
  auditHead(): Promise<SealedPoint | undefined>
  /** The last entry that was pruned, sealed; undefined while none was. */
  auditStart(): Promise<SealedPoint | undefined>
  /** Deletes the oldest entries up to the first that is not older than `beforeMs`, at most 2000 a call, once their
   *  chain verifies: what was changed is kept as evidence. Where it deletes, it appends `audit` with the number
   *  (`through`) and hash (`digest`) of the last one.
   *  @returns how many it deleted
   *  @throws AppError "audit/broken" and deletes nothing */
  pruneAudit(beforeMs: number, audit: AuditEvent): Promise<number>

  /** Every sealed value, for rotation. */
  sealedValues(kind: SealedKind): Promise<{ readonly id: string; readonly sealed: Uint8Array }[]>
  replaceSealed(kind: SealedKind, id: string, before: Uint8Array, after: Uint8Array): Promise<boolean>

  /** Writes something and commits it: what resolves was written to the disk. */
  probe(nowMs: number): Promise<void>
  /** Drops what has expired. */
  prune(nowMs: number): Promise<void>
  close(): Promise<void>
}
