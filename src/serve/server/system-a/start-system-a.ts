import { readFile } from "node:fs/promises"
import { AppError } from "@sourceprint/core/errors.js"
import { nameKey } from "@sourceprint/protocol/account-name.js"
import { fernetKey } from "@sourceprint/protocol/suites/system-a/fernet.js"
import type { AuthDeps } from "../auth/auth-deps.js"
import type { ServeConfig } from "../serve-config.js"
import { listenSystemA } from "./listen-system-a.js"

/** The replaced suite, if the configuration asks for it by name. @throws AppError "serve/system-a", "serve/listen" */
export async function startSystemA(
  { systemA, host }: ServeConfig,
  { crypto, clock, log, inspector, store, keys, policy }: AuthDeps,
): Promise<{ readonly port: number; stop(): Promise<void> } | undefined> {
  if (systemA === undefined) return undefined
  const keyText = (await readFile(systemA.keyFile, "utf8").catch(() => "")).trim()
  const key = fernetKey(keyText)
  if (key === undefined) throw new AppError("serve/system-a", `${systemA.keyFile} holds no Fernet key`)
  const account = await store.accountByName(nameKey(systemA.account))
  if (account === undefined) {
    throw new AppError("serve/system-a", `systemA.account ${systemA.account} is not enrolled`)
  }
  const references = (await store.templates(account.id))
    .filter((template) => template.matcherId === inspector.matcherId)
    .map((template) => keys.open(template.sealed, `template/${template.id}`))
  const { serverId, scannerId, passwordHash, secretHash, form } = systemA
  const own = { serverId, scannerId, passwordHash, secretHash, form, key, keyText, references }
  const checksScanner = policy.factorPolicies.some((factorPolicy) => factorPolicy.includes("scanner"))
  return listenSystemA({ crypto, clock, log, inspector, checksScanner, ...own }, host, systemA.port)
}
