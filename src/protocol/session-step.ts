import { MessageType, type ServerMessage } from "./message.js"

type Of<Type extends string> = Extract<ServerMessage, { type: Type }>

export type ChallengeMessage = Of<typeof MessageType.challenge>
export type FaceChallengeMessage = Of<typeof MessageType.faceChallenge>
export type PasskeyChallengeMessage = Of<typeof MessageType.passkeyChallenge>
export type FactorsMessage = Of<typeof MessageType.factors>
export type ScannersMessage = Of<typeof MessageType.scanners>
export type DecisionMessage = Of<typeof MessageType.decision>
export type BusyMessage = Of<typeof MessageType.busy>

/** What a server may ask for next. */
export type NextChallenge =
  | ChallengeMessage
  | ScannersMessage
  | FaceChallengeMessage
  | PasskeyChallengeMessage
/** What may follow a request of a sign-in or an enrolment. */
export type SessionStep = NextChallenge | FactorsMessage | DecisionMessage | BusyMessage

const steps: ReadonlySet<string> = new Set([
  MessageType.challenge,
  MessageType.scanners,
  MessageType.faceChallenge,
  MessageType.passkeyChallenge,
  MessageType.factors,
  MessageType.decision,
  MessageType.busy,
])

export const isStep = (message: ServerMessage): message is SessionStep => steps.has(message.type)
