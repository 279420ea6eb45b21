import { AppError } from "@sourceprint/core/errors.js"
import { nameKey } from "@sourceprint/protocol/account-name.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import { codeHash } from "@sourceprint/serve/server/auth/enrolment.js"
import { freshCode } from "@sourceprint/serve/server/auth/fresh-code.js"
import { loadSecrets } from "@sourceprint/serve/server/auth/server-secrets.js"
import { forgetFilesOf } from "@sourceprint/serve/server/files/stored-files-of.js"
import type { Account, Store } from "@sourceprint/serve/store/store.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { textTable } from "../text-table.js"
import { identifyCommand } from "./identify-command.js"
import { byOperator, storeOptions, withStore } from "./with-store.js"

const nameOptions = {
  ...storeOptions,
  name: { type: "string", demandOption: true, requiresArg: true, describe: "the account's name" },
} satisfies Record<string, Options>

async function accountNamed(store: Store, name: string): Promise<Account> {
  const account = await store.accountByName(nameKey(name.normalize("NFKC").trim()))
  if (account === undefined) throw new AppError("account/unknown", `there is no account called ${name}`)
  return account
}

type Change = { readonly reason: string; readonly operator?: boolean; readonly disabled?: boolean }

const changeCommand = (
  command: string,
  describe: string,
  { reason, ...change }: Change,
): CommandModule<object, InferredOptionTypes<typeof nameOptions>> => ({
  command,
  describe,
  builder: nameOptions,
  handler: ({ name, ...rest }) =>
    withStore(rest, async ({ store }) => {
      const { id } = await accountNamed(store, name)
      await store.updateAccount(id, change, byOperator(reason, { accountId: id }))
      console.log(`${name}: ${reason}`)
    }),
})

const deleteCommand: CommandModule<object, InferredOptionTypes<typeof nameOptions>> = {
  command: "delete",
  describe: "Remove a person: password record, templates, sessions and files; the audit log keeps a random id alone",
  builder: nameOptions,
  handler: ({ name, ...rest }) =>
    withStore(rest, async ({ store }, _keys, config) => {
      const { id } = await accountNamed(store, name)
      await store.deleteAccount(id, byOperator("account-deleted", { accountId: id }))
      await forgetFilesOf(config, id)
      console.log(`${name} is deleted`)
    }),
}

const listCommand: CommandModule<object, InferredOptionTypes<typeof storeOptions>> = {
  command: "list",
  describe: "Accounts with their fingers",
  builder: storeOptions,
  handler: (options) =>
    withStore(options, async ({ store }) => {
      const rows: string[][] = []
      for (const account of await store.accounts()) {
        const fingers = new Set((await store.templates(account.id)).map((template) => template.finger))
        const state = [account.operator ? "operator" : "", account.disabled ? "disabled" : ""].filter(Boolean)
        rows.push([account.name, account.id, [...fingers].join(" "), state.join(" ")])
      }
      console.log(textTable(["name", "id", "fingers", "state"], rows))
    }),
}

const codeOptions = {
  ...storeOptions,
  hours: { type: "number", default: 24, describe: "how long the code may be used" },
} satisfies Record<string, Options>

const codeCommand: CommandModule<object, InferredOptionTypes<typeof codeOptions>> = {
  command: "code",
  describe: "Print a single-use code that lets one person enrol",
  builder: codeOptions,
  handler: ({ hours, ...rest }) =>
    withStore(rest, async ({ store }, keys) => {
      const { digestKey } = await loadSecrets(store, keys, webCrypto)
      const code = freshCode()
      await store.addCode(codeHash(digestKey, code), Date.now() + hours * 3_600_000)
      await store.appendAudit([byOperator("code-made", { detail: { hours } })])
      console.log(code)
    }),
}

export const accountCommand: CommandModule = {
  command: "account <command>",
  describe: "Accounts of the server: list, code, identify, operator, disable, enable, delete",
  builder: (yargs) =>
    yargs
      .command(listCommand)
      .command(codeCommand)
      .command(changeCommand("operator", "Make an account an operator", { reason: "operator-made", operator: true }))
      .command(changeCommand("no-operator", "Take it back", { reason: "operator-ended", operator: false }))
      .command(
        changeCommand("disable", "Sign a person out and keep them out", {
          reason: "disabled",
          disabled: true,
        }),
      )
      .command(changeCommand("enable", "Let a disabled person in again", { reason: "enabled", disabled: false }))
      .command(identifyCommand)
      .command(deleteCommand)
      .demandCommand(1)
      .strict(),
  handler: () => {},
}
