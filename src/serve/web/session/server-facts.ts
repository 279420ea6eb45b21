import { signal } from "@preact/signals"
import { readServerFacts, type ServerFacts } from "@sourceprint/protocol/server-facts.js"

/** What this server asks of people; undefined until it has said so. */
export const serverFacts = signal<ServerFacts | undefined>(undefined)
/** Why it has not. */
export const factsFailure = signal<string | undefined>(undefined)

/** Asks the server once a visit; a failure may be tried again. */
export async function loadServerFacts(): Promise<void> {
  if (serverFacts.value !== undefined) return
  factsFailure.value = undefined
  try {
    const response = await fetch("/v1/facts", { headers: { accept: "application/json" } })
    serverFacts.value = response.ok ? readServerFacts(await response.json()) : undefined
    if (serverFacts.value === undefined) factsFailure.value = "The server's answer makes no sense to this page."
  } catch {
    factsFailure.value = "The server cannot be reached: is this computer online?"
  }
}
