import type { ClientMessage } from "@sourceprint/protocol/message.js"

/** When a client may send each of its messages. One without its turn does not compile; who receives a turn handles
 *  every message of it, or does not compile either. */
const turnOf = {
  signInStart: "start",
  enrolStart: "start",
  resume: "start",
  linkDevice: "start",
  knownBrowser: "before the start",
  signInFinish: "password",
  enrolRecord: "registration",
  chooseFactors: "choice",
  chooseScanner: "scanner",
  capture: "finger",
  faceCapture: "face",
  passkeyAnswer: "passkey",
  recovery: "in place of a proof",
  addFinger: "passed",
  clientApplication: "passed",
  deviceState: "linked",
} as const satisfies Readonly<Record<ClientMessage["type"], string>>

type TurnOf = typeof turnOf
export type Turn = TurnOf[keyof TurnOf]
/** The messages of a turn. */
export type InTurn<T extends Turn> = Extract<
  ClientMessage,
  { type: { [Type in keyof TurnOf]: TurnOf[Type] extends T ? Type : never }[keyof TurnOf] }
>

export const isInTurn = <T extends Turn>(message: ClientMessage, turns: readonly T[]): message is InTurn<T> =>
  turns.some((turn) => turn === turnOf[message.type])
