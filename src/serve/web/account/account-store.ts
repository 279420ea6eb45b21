import { signal } from "@preact/signals"
import { systemClock } from "@sourceprint/core/clock.js"
import { AppError } from "@sourceprint/core/errors.js"
import { AccountClient } from "@sourceprint/protocol/account/account-client.js"
import type { AccountOverview } from "@sourceprint/protocol/account/account-messages.js"
import type { ApplicationLink } from "@sourceprint/protocol/application/application-link.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import { failureWords } from "../session/failure-words.js"
import { link } from "../session/live-link.js"

/** The account as the server told it last; undefined until then. */
export const overview = signal<AccountOverview | undefined>(undefined)
/** Why the last request was not done, in words. */
export const accountFailure = signal<string | undefined>(undefined)

/** One for each link: it counts what it sent. */
let current: { readonly link: ApplicationLink; readonly account: AccountClient } | undefined

function client(): AccountClient {
  const { value } = link
  if (value === undefined) throw new AppError("application/closed", "there is no connection to the server")
  if (current?.link !== value) {
    current = { link: value, account: new AccountClient(value, webCrypto, systemClock) }
  }
  return current.account
}

/** Asks something of the account. Undefined: it was not done, and `accountFailure` says why. */
export async function ask<Answer>(work: (account: AccountClient) => Promise<Answer>): Promise<Answer | undefined> {
  accountFailure.value = undefined
  try {
    return await work(client())
  } catch (error) {
    accountFailure.value = failureWords(error)
    return undefined
  }
}

export async function loadOverview(): Promise<void> {
  const told = await ask((account) => account.overview())
  if (told !== undefined) overview.value = told
}

/** Changes something and shows the account as it is then. @returns true when it was done */
export async function change(work: (account: AccountClient) => Promise<unknown>): Promise<boolean> {
  let done = false
  await ask(async (account) => {
    await work(account)
    done = true
  })
  if (done) await loadOverview()
  return done
}
