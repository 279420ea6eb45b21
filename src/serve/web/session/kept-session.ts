import { fromBase64Url, toBase64Url } from "@sourceprint/core/base64url.js"
import { utf8 } from "@sourceprint/core/bytes.js"
import { pageStore, type SealedSession } from "./page-store.js"

/** A session's token so that a reload does not ask for the finger again. It is sealed under a key that this browser
 *  holds and never shows, so what lies on the disk is worthless elsewhere. By default it lies in the tab's storage and
 *  goes with the tab, as a shared computer needs it; only who asks for it keeps it in the browser until it expires. */
export interface KeptSession {
  /** Canonical. */
  readonly name: string
  readonly token: Uint8Array // 32 bytes
  readonly expiresAtMs: number
}

const TAB_KEY = "sourceprint-session"
const NONCE_BYTES = 12

async function sealingKey(): Promise<CryptoKey> {
  const store = await pageStore()
  const known = await store.get("keys", "session")
  if (known !== undefined) return known
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"])
  const writing = store.transaction("keys", "readwrite") // another tab may have been faster
  const kept = (await writing.store.get("session")) ?? made
  await writing.store.put(kept, "session")
  await writing.done
  return kept
}

const aadOf = ({ name, expiresAtMs }: Omit<KeptSession, "token">): Uint8Array<ArrayBuffer> =>
  utf8(`sourceprint page session\n${location.host}\n${expiresAtMs}\n${name}`)

async function seal(session: KeptSession): Promise<SealedSession> {
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES))
  const cipher = { name: "AES-GCM", iv: nonce, additionalData: aadOf(session) }
  const body = await crypto.subtle.encrypt(cipher, await sealingKey(), session.token.slice())
  const sealedToken = new Uint8Array([...nonce, ...new Uint8Array(body)])
  return { name: session.name, expiresAtMs: session.expiresAtMs, sealedToken }
}

/** Undefined for what has expired, was sealed in another browser, or was changed. */
async function open(sealed: SealedSession): Promise<KeptSession | undefined> {
  const { name, expiresAtMs, sealedToken } = sealed
  if (expiresAtMs <= Date.now()) return undefined
  const iv = sealedToken.slice(0, NONCE_BYTES)
  try {
    const cipher = { name: "AES-GCM", iv, additionalData: aadOf(sealed) }
    const token = await crypto.subtle.decrypt(cipher, await sealingKey(), sealedToken.slice(NONCE_BYTES))
    return { name, expiresAtMs, token: new Uint8Array(token) }
  } catch (error) {
    if (error instanceof DOMException) return undefined
    throw error
  }
}

function readTab(): SealedSession | undefined {
  const [name, expiresAt, token] = sessionStorage.getItem(TAB_KEY)?.split("\n") ?? []
  const sealedToken = fromBase64Url(token ?? "")
  if (name === undefined || sealedToken === undefined || sealedToken.length <= NONCE_BYTES) return undefined
  return { name, expiresAtMs: Number(expiresAt), sealedToken }
}

/** @param where until the tab is closed, or until the session expires */
export async function keepSession(session: KeptSession, where: "tab" | "browser"): Promise<void> {
  const sealed = await seal(session)
  await forgetSession()
  if (where === "browser") await (await pageStore()).put("sessions", sealed, "kept")
  else {
    const lines = [sealed.name, String(sealed.expiresAtMs), toBase64Url(sealed.sealedToken)]
    sessionStorage.setItem(TAB_KEY, lines.join("\n"))
  }
}

/** The session that this tab, or this browser, continues with. */
export async function keptSession(): Promise<KeptSession | undefined> {
  const sealed = readTab() ?? (await (await pageStore()).get("sessions", "kept"))
  return sealed && (await open(sealed))
}

export async function forgetSession(): Promise<void> {
  sessionStorage.removeItem(TAB_KEY)
  await (await pageStore()).delete("sessions", "kept")
}
