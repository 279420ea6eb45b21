import { TemplatesPerAccount } from "../../store/store.js"
import { type ChannelContext, refusal } from "../application/channel.js"
import type { AuthDeps } from "../auth/auth-deps.js"
import { openTemplates, sealTemplate } from "../auth/finger/seal-template.js"
import {
  creationOptions,
  decodeCredential,
  encodeCredential,
  type PasskeySettings,
  verifiedCreation,
} from "../auth/passkey/passkeys.js"
import { byOwner } from "./by-owner.js"

/** The matcher of passkeys: WebAuthn itself. */
const MATCHER = "webauthn"
const MAX_PASSKEYS = TemplatesPerAccount.passkey
const MAX_LABEL = 60

const plenty = () => refusal("passkey", `an account holds at most ${MAX_PASSKEYS} passkeys`)

/** A passkey for an account: options out, the browser's answer in, once. */
export class AddingPasskey {
  private challenge: string | undefined

  constructor(
    private readonly deps: AuthDeps,
    private readonly context: ChannelContext,
  ) {}

  /** @throws refusal "passkey" where this server takes none, or the account has plenty */
  async options() {
    const known = await this.known()
    if (known.length >= MAX_PASSKEYS) throw plenty()
    const options = await creationOptions(this.settings(), this.context.account, known)
    this.challenge = options.challenge
    return options
  }

  /** @throws refusal "passkey" where none was begun or the answer does not hold */
  async add(label: string, answer: Uint8Array): Promise<null> {
    const { deps, context, challenge } = this
    if (challenge === undefined) throw refusal("passkey", "no passkey was begun")
    this.challenge = undefined
    const credential = await verifiedCreation(this.settings(), challenge, answer)
    const known = await this.known()
    if (credential === undefined || known.some(({ id }) => id === credential.id)) {
      await deps.store.appendAudit([byOwner(deps, context, "passkey-refused")])
      throw refusal("passkey", "this passkey cannot be used here")
    }
    const called = [...label.trim()].slice(0, MAX_LABEL).join("") || "passkey"
    const bytes = encodeCredential(credential)
    const kept = {
      accountId: context.account.id,
      finger: called,
      modality: "passkey",
      matcherId: MATCHER,
      bytes,
    } as const
    const event = byOwner(deps, context, "passkey-added")
    if ((await deps.store.addTemplates([sealTemplate(deps, kept)], [], event)) === "full") throw plenty()
    return null
  }

  private settings(): PasskeySettings {
    const { passkeys } = this.deps.policy
    if (passkeys === undefined) throw refusal("passkey", "this server takes no passkeys")
    return passkeys
  }

  private async known() {
    const { deps, context } = this
    const templates = await deps.store.templates(context.account.id)
    return openTemplates(deps, templates, "passkey", MATCHER).map(decodeCredential)
  }
}
