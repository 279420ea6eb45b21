import { accountCalls } from "@sourceprint/protocol/account/account-messages.js"
import { nameKey } from "@sourceprint/protocol/account-name.js"
import { Channel } from "@sourceprint/protocol/application/application-frame.js"
import { answered, type Handlers } from "@sourceprint/protocol/calls.js"
import type { ChannelMaker } from "../application/application-channel.js"
import { type ChannelContext, type ChannelHandler, refusal } from "../application/channel.js"
import { type NeedsOf, needsByName } from "../application/needs.js"
import type { AuthDeps } from "../auth/auth-deps.js"
import { RECOVERY_CODES, recoveryCode, recoveryHash } from "../auth/recovery.js"
import { accountOverview } from "./account-overview.js"
import { AddingFace } from "./adding-face.js"
import { AddingPasskey } from "./adding-passkey.js"
import { byOwner } from "./by-owner.js"
import { ChangingPassword } from "./changing-password.js"

/** What was begun on one connection and waits for its second half. */
interface Begun {
  readonly face: AddingFace
  readonly passkey: AddingPasskey
  readonly password: ChangingPassword
}

/** Whatever changes a way in, or takes the account away, needs a fresh sign-in. */
export const accountNeeds: NeedsOf = needsByName(
  accountCalls,
  {
    overview: {},
    newRecoveryCodes: { fresh: true },
    passkeyOptions: { fresh: true },
    addPasskey: { fresh: true },
    beginFace: { fresh: true },
    addFace: { fresh: true },
    removeFactor: { fresh: true },
    endSession: {},
    deleteAccount: { fresh: true },
    startPasswordChange: { fresh: true },
    finishPasswordChange: { fresh: true },
  },
  {},
)

/** Channel 4: what people do to their own accounts. */
export function accountHandler(deps: AuthDeps): ChannelHandler {
  const begun = new WeakMap<ChannelContext, Begun>()
  return async (context, body) => {
    const request = accountCalls.request.decode(body)
    if (request === undefined) {
      throw refusal("request", "the page and the server do not agree: load the page again")
    }
    let mine = begun.get(context)
    if (mine === undefined) {
      mine = {
        face: new AddingFace(deps, context),
        passkey: new AddingPasskey(deps, context),
        password: new ChangingPassword(deps, context),
      }
      begun.set(context, mine)
    }
    return await answered(accountCalls, handlers, request, deps, context, mine)
  }
}

export const accountChannelMaker: ChannelMaker = ({ deps }) => ({
  id: Channel.account,
  handler: accountHandler(deps),
  needs: accountNeeds,
  stop: () => Promise.resolve(),
})

const handlers: Handlers<typeof accountCalls, [deps: AuthDeps, context: ChannelContext, begun: Begun]> = {
  overview: (_, deps, context) => accountOverview(deps, context),
  newRecoveryCodes: (_, deps, context) => newRecoveryCodes(deps, context),
  passkeyOptions: (_, _deps, _context, { passkey }) => passkey.options(),
  addPasskey: ({ label, answer }, _deps, _context, { passkey }) => passkey.add(label, answer),
  beginFace: (_, _deps, _context, { face }) => face.begin(),
  addFace: async ({ capture }, _deps, _context, { face }) => ({ outcome: await face.add(capture) }),
  removeFactor: ({ id }, deps, context) => removeFactor(deps, context, id),
  endSession: ({ id }, deps, context) => endSession(deps, context, id),
  deleteAccount: ({ name }, deps, context) => deleteAccount(deps, context, name),
  startPasswordChange: ({ ke1, request }, _deps, _context, { password }) => password.start(ke1, request),
  finishPasswordChange: ({ ke3, record, endOthers }, _deps, _context, { password }) =>
    password.finish(ke3, record, endOthers),
}

async function newRecoveryCodes(deps: AuthDeps, context: ChannelContext): Promise<readonly string[]> {
  const { crypto, secrets, store } = deps
  const codes = Array.from({ length: RECOVERY_CODES }, () => recoveryCode(crypto.randomBytes(16)))
  const hashes = codes.map((code) => recoveryHash(secrets.digestKey, context.account.id, code))
  await store.replaceRecoveryCodes(context.account.id, hashes, byOwner(deps, context, "recovery-codes"))
  return codes
}

async function endSession(deps: AuthDeps, context: ChannelContext, id: string): Promise<null> {
  const { store, clock } = deps
  const own = await store.sessions(context.account.id, clock.nowMs())
  if (!own.some(({ tokenHash }) => tokenHash === id) || !(await store.revokeSession(id))) {
    throw refusal("session", "that session has ended already")
  }
  await store.appendAudit([byOwner(deps, context, "session-ended")])
  await deps.application.recheck({ accountId: context.account.id })
  return null
}

async function removeFactor(deps: AuthDeps, context: ChannelContext, id: string): Promise<null> {
  const { store, policy } = deps
  const templates = await store.templates(context.account.id)
  if (!templates.some((template) => template.id === id)) throw refusal("factor", "that is not there any more")
  const left = new Set<string>(["password", "scanner"])
  for (const template of templates) if (template.id !== id) left.add(template.modality)
  if (!policy.factorPolicies.some((factorPolicy) => factorPolicy.every((factor) => left.has(factor)))) {
    throw refusal("last", "without it you could not sign in any more: add another one first")
  }
  await store.removeTemplate(context.account.id, id, byOwner(deps, context, "factor-removed"))
  return null
}

async function deleteAccount(deps: AuthDeps, context: ChannelContext, name: string): Promise<null> {
  if (nameKey(name) !== nameKey(context.account.name)) {
    throw refusal("name", "that is not the name of this account")
  }
  await deps.store.deleteAccount(context.account.id, byOwner(deps, context, "deleted"))
  await deps.application.recheck({ accountId: context.account.id })
  return null
}
