import type { ServerMessage } from "./message.js"

/** What each message of the server is to a client: a step of a sign-in or an enrolment, or something that one place
 *  alone waits for. A message without its place does not compile. */
const placeOf = {
  signInResponse: "password",
  enrolResponse: "password",
  challenge: "step",
  faceChallenge: "step",
  passkeyChallenge: "step",
  scanners: "step",
  factors: "step",
  decision: "step",
  busy: "step",
  progress: "progress",
  faceProgress: "progress",
  serverApplication: "application",
  linked: "scanner link",
} as const satisfies Readonly<Record<ServerMessage["type"], string>>

type Of<Type extends ServerMessage["type"]> = Extract<ServerMessage, { type: Type }>
type PlaceOf = typeof placeOf

/** What may follow a request of a sign-in or an enrolment. */
export type SessionStep = Of<{ [Type in keyof PlaceOf]: PlaceOf[Type] extends "step" ? Type : never }[keyof PlaceOf]>
export type ChallengeMessage = Of<"challenge">
export type FaceChallengeMessage = Of<"faceChallenge">
export type PasskeyChallengeMessage = Of<"passkeyChallenge">
export type FactorsMessage = Of<"factors">
export type ScannersMessage = Of<"scanners">
export type DecisionMessage = Of<"decision">
export type BusyMessage = Of<"busy">
/** What a server may ask for next. */
export type NextChallenge = Exclude<SessionStep, FactorsMessage | DecisionMessage | BusyMessage>

export const isStep = (message: ServerMessage): message is SessionStep => placeOf[message.type] === "step"
