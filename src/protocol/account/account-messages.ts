import { calls, type RequestOf, request } from "../calls.js"
import { blob16, flag, nested, str8, struct, union, whole } from "../codec.js"
import { type Formed, json, many, maybe, nothing, number, object, text, truth, word } from "../json-form.js"
import { signIn } from "../message.js"

const factorLine = object({
  id: text,
  kind: word("finger", "face", "passkey"),
  /** Which finger, or what the passkey is called. */
  label: text,
  createdAtMs: number,
})
/** Something that the account can prove itself with. */
export type FactorLine = Formed<typeof factorLine>

const sessionLine = object({
  id: text,
  /** What was proven: "password", "finger", "scanner", "face", "passkey", "recovery". */
  factors: many(text),
  deviceId: maybe(text),
  createdAtMs: number,
  expiresAtMs: number,
  /** The one that asks. */
  current: truth,
})
export type SessionLine = Formed<typeof sessionLine>

const accountOverview = object({
  name: text,
  createdAtMs: number,
  factors: many(factorLine),
  recoveryCodesLeft: number,
  sessions: many(sessionLine),
  /** Scanner devices that this account signed in from. */
  devices: many(object({ id: text, scannerId: text, revoked: truth })),
  /** Whether this server takes passkeys, and faces. */
  offers: object({ passkey: truth, face: truth }),
  /** What changes a factor needs a sign-in younger than this; the time at which this session becomes too old. */
  freshUntilMs: number,
})
export type AccountOverview = Formed<typeof accountOverview>

/** What navigator.credentials.create cannot do without (WebAuthn PublicKeyCredentialCreationOptionsJSON). */
const creationOptions = object({
  challenge: text,
  rp: object({ name: text }),
  user: object({ id: text, name: text, displayName: text }),
  pubKeyCredParams: many(object({ type: word("public-key"), alg: number })),
})

/** "again": not taken, or one more is needed; begin again. */
const addedFace = object({ outcome: word("added", "again") })

const passwordChange = struct({ ke2: blob16, response: blob16 })

const { faceCapture, faceChallenge } = signIn.messages
const done = json(nothing)

/** Application channel 4, what a person does to their own account. docs/protocol.md section 14 */
export const accountCalls = calls("ask", {
  overview: request(1, {}, json(accountOverview)),
  newRecoveryCodes: request(2, {}, json(many(text))),
  passkeyOptions: request(3, {}, json(creationOptions)),
  /** `answer`: what navigator.credentials.create gave, JSON (RegistrationResponseJSON). */
  addPasskey: request(4, { label: str8, answer: blob16 }, done),
  beginFace: request(5, {}, whole(union({ faceChallenge }))),
  addFace: request(6, { capture: nested(union({ faceCapture })) }, json(addedFace)),
  removeFactor: request(7, { id: str8 }, done),
  endSession: request(8, { id: str8 }, done),
  /** The name as the person typed it, so that nobody deletes by a slip. */
  deleteAccount: request(9, { name: str8 }, done),
  /** OPAQUE: the first message of a login with the present password, and of a registration of the new one. */
  startPasswordChange: request(10, { ke1: blob16, request: blob16 }, whole(passwordChange)),
  /** `ke3` proves the present password; `endOthers`: all other sessions of the account end. */
  finishPasswordChange: request(11, { ke3: blob16, record: blob16, endOthers: flag }, done),
})
export type AccountRequest = RequestOf<typeof accountCalls>
