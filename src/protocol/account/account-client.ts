import { utf8 } from "@sourceprint/core/bytes.js"
import type { Clock } from "@sourceprint/core/clock.js"
import { AppError } from "@sourceprint/core/errors.js"
import { Channel } from "../application/application-frame.js"
import type { ApplicationLink } from "../application/application-link.js"
import type { CryptoProvider } from "../crypto-provider.js"
import { encodeFaceBundle, type FaceFrame } from "../face-bundle.js"
import { decodeMessage, MessageType } from "../message.js"
import type { FaceChallengeMessage } from "../session-step.js"
import {
  type AccountOverview,
  type AccountRequest,
  type AddedFace,
  decodeAccountAnswer,
  encodeAccountRequest,
} from "./account-messages.js"

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
  passkeyOptions(): Promise<Readonly<Record<string, unknown>>> {
    return this.ask({ ask: "passkeyOptions" })
  }

  /** @param answer RegistrationResponseJSON, as text @param label what the person calls it */
  addPasskey(label: string, answer: string): Promise<void> {
    return this.ask({ ask: "addPasskey", label, answer: utf8(answer) })
  }

  /** A challenge as in a sign-in, for `addFace`. */
  async beginFace(): Promise<FaceChallengeMessage> {
    const message = decodeMessage(await this.bytesOf({ ask: "beginFace" }))
    this.challengedAtMs = this.clock.nowMs()
    if (message?.type !== MessageType.faceChallenge) {
      throw new AppError("account/answer", "the server's answer cannot be read")
    }
    return message
  }

  /** "again": the face was not taken, begin again. @param takenAtMs by this end's clock */
  async addFace(
    { challenge, serverTimeMs }: FaceChallengeMessage,
    { frames, takenAtMs }: { readonly frames: readonly FaceFrame[]; readonly takenAtMs: number },
  ): Promise<AddedFace["outcome"]> {
    const bundle = encodeFaceBundle(frames)
    const capture = {
      type: MessageType.faceCapture,
      challenge,
      captureTimeMs: serverTimeMs + takenAtMs - this.challengedAtMs,
      sequence: ++this.sequence,
      bundleSha256: await this.crypto.sha256(bundle),
      bundle,
    }
    return (await this.ask<AddedFace>({ ask: "addFace", capture })).outcome
  }

  /** @param id of a finger, face or passkey in the overview */
  removeFactor(id: string): Promise<void> {
    return this.ask({ ask: "removeFactor", id })
  }

  /** Ends a session of this account; its connections are closed within seconds. */
  endSession(id: string): Promise<void> {
    return this.ask({ ask: "endSession", id })
  }

  /** All that is stored of this person, for good. @param name as typed to confirm */
  deleteAccount(name: string): Promise<void> {
    return this.ask({ ask: "deleteAccount", name })
  }

  private async ask<T>(request: AccountRequest): Promise<T> {
    return decodeAccountAnswer<T>(await this.bytesOf(request))
  }

  private bytesOf(request: AccountRequest): Promise<Uint8Array> {
    return this.link.request(Channel.account, encodeAccountRequest(request))
  }
}
