import { fromUtf8 } from "@sourceprint/core/bytes.js"
import type { ClientSession } from "@sourceprint/protocol/client-session.js"
import { clockRefusedAt, clockWords } from "@sourceprint/protocol/clock-refusal.js"
import type { FaceFrame } from "@sourceprint/protocol/face-bundle.js"
import type { FaceProgress } from "@sourceprint/protocol/face-progress.js"
import type { FactorSet } from "@sourceprint/protocol/factor-set.js"
import { MessageType, Outcome } from "@sourceprint/protocol/message.js"
import type { Progress } from "@sourceprint/protocol/scanner-progress.js"
import type {
  DecisionMessage,
  FaceChallengeMessage,
  PasskeyChallengeMessage,
  ScannersMessage,
  SessionStep,
} from "@sourceprint/protocol/session-step.js"
import { whenNotBusy } from "@sourceprint/protocol/when-not-busy.js"

/** Instead of an answer: a recovery code. */
export interface Recovery {
  readonly recoveryCode: string
}

export interface FaceFrames {
  readonly frames: readonly FaceFrame[]
  readonly takenAtMs: number
}

/** What the loop needs of the person, one question at a time. `again` is true after a capture that was not accepted. */
export interface ProofPrompts {
  chooseFactors(factorPolicies: readonly FactorSet[]): Promise<FactorSet | Recovery>
  chooseScanner(offered: ScannersMessage, again: boolean): Promise<string | Recovery>
  scannerSays(progress: Progress): void
  face(challenge: FaceChallengeMessage, again: boolean): Promise<FaceFrames | Recovery>
  /** How far the server is with the pictures. */
  facesJudged(progress: FaceProgress): void
  /** @param options PublicKeyCredentialRequestOptionsJSON @returns AuthenticationResponseJSON, as text */
  passkey(options: string): Promise<string | Recovery>
  /** What the server decided of the last capture; told before the loop goes on or ends. */
  decided(outcome: Outcome): void
  /** The server judges. */
  judging(): void
  /** The server is busy, or too many have failed; resolves when the time is up. */
  wait(forMs: number): Promise<void>
}

export type ProofEnd =
  | { readonly end: "passed"; readonly decision: DecisionMessage }
  /** `proving` is true when the password had been accepted: what failed came after it. */
  | { readonly end: "refused"; readonly proving: boolean }
  /** The server wants a capture signed by a scanner's own computer, which a browser is not. */
  | { readonly end: "device" }
  /** This computer's clock was refused; what the person is told. */
  | { readonly end: "clock"; readonly words: string }

const isRecovery = (answer: unknown): answer is Recovery =>
  typeof answer === "object" && answer !== null && "recoveryCode" in answer

/** From the password to the decision, whatever the server asks on the way. Repeats a request that was answered by
 *  "busy" after the time that it names. @param start the sign-in or the enrolment @throws AppError as ClientSession */
export async function proveFactors(
  session: ClientSession,
  start: () => Promise<SessionStep>,
  prompts: ProofPrompts,
): Promise<ProofEnd> {
  const wait = async (forMs: number): Promise<void> => {
    await prompts.wait(forMs)
    prompts.judging()
  }
  let asked: string | undefined // what the last capture answered
  let step = await whenNotBusy(start, wait)
  for (;;) {
    const again = asked === step.type
    let request: (() => Promise<SessionStep>) | undefined
    switch (step.type) {
      case MessageType.decision: {
        prompts.decided(step.outcome)
        if (step.outcome === Outcome.pass) return { end: "passed", decision: step }
        if (step.outcome === Outcome.fail) {
          const serverMs = clockRefusedAt(step)
          if (serverMs !== undefined) return { end: "clock", words: clockWords(Date.now(), serverMs) }
          return { end: "refused", proving: asked !== undefined }
        }
        step = await session.nextStep()
        continue
      }
      case MessageType.factors: {
        const { ways: factorPolicies } = step
        const chosen =
          (factorPolicies.length === 1 && factorPolicies[0]) || (await prompts.chooseFactors(factorPolicies))
        request = isRecovery(chosen) ? recover(session, chosen) : () => session.chooseFactors(chosen)
        break
      }
      case MessageType.scanners: {
        const chosen = await prompts.chooseScanner(step, again)
        request = isRecovery(chosen)
          ? recover(session, chosen)
          : () => session.chooseScanner(chosen, (progress) => prompts.scannerSays(progress))
        break
      }
      case MessageType.faceChallenge: {
        const challenge = step
        const taken = await prompts.face(challenge, again)
        request = isRecovery(taken)
          ? recover(session, taken)
          : () => session.faceCapture(challenge, taken, (progress) => prompts.facesJudged(progress))
        break
      }
      case MessageType.passkeyChallenge: {
        const answer = await prompts.passkey(optionsOf(step))
        request = isRecovery(answer) ? recover(session, answer) : () => session.answerPasskey(answer)
        break
      }
      case MessageType.challenge:
        return { end: "device" }
    }
    asked = step.type
    prompts.judging()
    step = await whenNotBusy(request, wait)
  }
}

const optionsOf = ({ options }: PasskeyChallengeMessage): string => fromUtf8(options)

const recover =
  (session: ClientSession, { recoveryCode }: Recovery) =>
  (): Promise<SessionStep> =>
    session.recover(recoveryCode)
