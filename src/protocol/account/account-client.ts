import { utf8 } from "@sourceprint/core/bytes.js"
import type { Clock } from "@sourceprint/core/clock.js"
import { AppError } from "@sourceprint/core/errors.js"
import { Channel } from "../application/application-frame.js"
import type { ApplicationLink } from "../application/application-link.js"
import { type AnswerTo, asked } from "../calls.js"
import type { CryptoProvider } from "../crypto-provider.js"
import { type FaceFrame, faceBundleBytes } from "../face-bundle.js"
import { MessageType } from "../message.js"
import type { KeyStretching } from "../opaque.js"
import type { PasswordProof } from "../password-proof.js"
import type { FaceChallengeMessage } from "../session-step.js"
import { type AccountOverview, type AccountRequest, accountCalls } from "./account-messages.js"

type Answer<Ask extends AccountRequest["ask"]> = AnswerTo<typeof accountCalls, Ask>

/** A person's own account over a session, in Node and in the browser. Every method throws AppError
 *  "application/refused/<code>" with words for people: "sign-in-again" where the session is too old for a change,
 *  "passkey" and "face" where the server does not take them or what came is no good, "last" for what would lock the
 *  account out, "name", "session", "factor" for what is not there. */
export class AccountClient {
  private sequence = 0
  /** By our clock, when the last face challenge came. */
  private challengedAtMs = 0

  constructor(
    private readonly link: Pick<ApplicationLink, "request">,
    private readonly crypto: CryptoProvider,
    private readonly clock: Clock,
  ) {}

  overview(): Promise<AccountOverview> {
    return this.ask({ ask: "overview" })
  }

  /** Ten fresh codes, to be written down: shown once, each good for one sign-in. The ones before are void. */
  newRecoveryCodes(): Promise<readonly string[]> {
    return this.ask({ ask: "newRecoveryCodes" })
  }

  /** For navigator.credentials.create (PublicKeyCredentialCreationOptionsJSON); good for one `addPasskey`. */
  passkeyOptions(): Promise<Answer<"passkeyOptions">> {
    return this.ask({ ask: "passkeyOptions" })
  }

  /** @param answer RegistrationResponseJSON, as text @param label what the person calls it */
  addPasskey(label: string, answer: string): Promise<null> {
    return this.ask({ ask: "addPasskey", label, answer: utf8(answer) })
  }

  /** A challenge as in a sign-in, for `addFace`. */
  async beginFace(): Promise<FaceChallengeMessage> {
    const message = await this.ask({ ask: "beginFace" })
    this.challengedAtMs = this.clock.nowMs()
    return message
  }

  /** "again": the face was not taken, begin again. @param takenAtMs by this end's clock */
  async addFace(
    { challenge, serverTimeMs }: FaceChallengeMessage,
    { frames, takenAtMs }: { readonly frames: readonly FaceFrame[]; readonly takenAtMs: number },
  ): Promise<Answer<"addFace">["outcome"]> {
    const capture = {
      type: MessageType.faceCapture,
      challenge,
      captureTimeMs: serverTimeMs + takenAtMs - this.challengedAtMs,
      sequence: ++this.sequence,
      bundleSha256: await this.crypto.sha256(faceBundleBytes.encode(frames)),
      frames,
    }
    return (await this.ask({ ask: "addFace", capture })).outcome
  }

  /** @param id of a finger, face or passkey in the overview */
  removeFactor(id: string): Promise<null> {
    return this.ask({ ask: "removeFactor", id })
  }

  /** Ends a session of this account; its connections are closed within seconds. */
  endSession(id: string): Promise<null> {
    return this.ask({ ask: "endSession", id })
  }

  /** Puts a new password in the place of the present one, which is proved first; the server learns neither.
   *  @param name canonical @param endOthers all other sessions of the account end
   *  @throws AppError "application/refused/password" where `password` is not the present one, ".../limit" after too
   *  many wrong ones, ".../begin" where it was changed elsewhere meanwhile */
  async changePassword(
    passwords: PasswordProof,
    {
      name,
      password,
      newPassword,
      endOthers,
      stretching,
    }: {
      readonly name: string
      readonly password: string
      readonly newPassword: string
      readonly endOthers: boolean
      readonly stretching?: KeyStretching
    },
  ): Promise<null> {
    const login = await passwords.startLogin(password)
    const registration = await passwords.startRegistration(newPassword)
    const { ke1 } = login
    const answer = await this.ask({ ask: "startPasswordChange", ke1, request: registration.request })
    const proof = await login.finish(answer.ke2, name, stretching)
    const record = proof && (await registration.finish(answer.response, name, stretching))
    if (proof === undefined || record === undefined) {
      throw new AppError("application/refused/password", "that is not the present password of this account")
    }
    return this.ask({ ask: "finishPasswordChange", ke3: proof.ke3, record, endOthers })
  }

  /** All that is stored of this person, for good. @param name as typed to confirm */
  deleteAccount(name: string): Promise<null> {
    return this.ask({ ask: "deleteAccount", name })
  }

  private async ask<R extends AccountRequest>(request: R): Promise<Answer<R["ask"]>> {
    const answer = await asked(accountCalls, request, (body) => this.link.request(Channel.account, body))
    if (answer === undefined) throw new AppError("account/answer", "the server's answer cannot be read")
    return answer
  }
}
