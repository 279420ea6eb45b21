import { randomBytes } from "node:crypto"
import { systemClock } from "@sourceprint/core/clock.js"
import { ClientSession } from "@sourceprint/protocol/client-session.js"
import { MessageType, Outcome } from "@sourceprint/protocol/message.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import { connectServer } from "@sourceprint/serve/client/connect-server.js"
import { pagePaths } from "@sourceprint/serve/page-paths.js"
import WebSocket from "ws"
import { chatPage, say as saying, textsOn, untilSaid } from "../../../test/support/chat-pages.js"
import { type ChatServer, chatServer } from "../../../test/support/chat-server.js"
import { openChromium, withoutChromium } from "../../../test/support/chromium.js"
import type { Figure } from "../claim.js"

const PASSWORD = "crooked lamp under seven bridges"
const EVIL = [
  "<img src=x onerror=alert(1)>",
  "<script>alert(1)</script>",
  '"><svg onload=alert(1)>',
  "javascript:alert(1)",
  "{{7*7}} #{7*7}",
]

const none = (name: string, findings: readonly string[], note = ""): Figure => ({
  name,
  value: findings.length,
  unit: "",
  bound: { is: "exactly", value: 0 },
  note: findings.slice(0, 3).join("; ") || note,
})

/** What is wrong with the headers of the pages, their scripts and answers of other kinds. */
async function headerFaults(origin: string): Promise<string[]> {
  const faults: string[] = []
  const html = await (await fetch(origin)).text()
  const script = /src="(\/assets\/[^"]+)"/.exec(html)?.[1] ?? "/none"
  for (const path of [...pagePaths, script, "/v1/facts", "/healthz", "/metrics", "/none", "/%ff"]) {
    const { headers } = await fetch(origin + path)
    const policy = headers.get("content-security-policy") ?? ""
    const fault = (words: string): void => void faults.push(`${path}: ${words}`)
    if (!policy.includes("default-src 'none'") || !policy.includes("frame-ancestors 'none'")) fault(policy)
    if (/'unsafe-eval'|'unsafe-inline'|\*|https?:/.test(policy)) fault(policy)
    if (headers.get("set-cookie") !== null) fault("a cookie")
    for (const [name, value] of [
      ["x-content-type-options", "nosniff"],
      ["x-frame-options", "DENY"],
      ["referrer-policy", "no-referrer"],
      ["cross-origin-opener-policy", "same-origin"],
      ["cross-origin-resource-policy", "same-origin"],
    ] as const) {
      if (headers.get(name) !== value) fault(`${name} is ${headers.get(name)}`)
    }
  }
  return faults
}

/** What another site's page gets done with the browser of somebody who is signed in. */
async function crossSiteFaults(origin: string): Promise<string[]> {
  const faults: string[] = []
  const address = `${origin.replace("http", "ws")}/v1/socket`
  for (const foreign of ["https://evil.example", `${origin}.evil.example`, "null", "http://127.0.0.1:1"]) {
    const socket = new WebSocket(address, "sourceprint.1", { origin: foreign })
    const opened = await new Promise<boolean>((resolve) => {
      socket.on("open", () => resolve(true))
      socket.on("error", () => resolve(false))
    })
    if (opened) faults.push(`the socket opened for ${foreign}`)
    socket.terminate()
  }
  for (const path of [...pagePaths, "/v1/facts"]) {
    const response = await fetch(origin + path, {
      method: "POST",
      headers: { origin: "https://evil.example", "content-type": "text/plain" },
      body: "x",
    })
    if (response.status < 400) faults.push(`POST ${path} was answered ${response.status}`)
    if (response.headers.get("access-control-allow-origin") !== null) faults.push(`${path} is open to other sites`)
  }
  return faults
}

/** Whether a session can be chosen by, guessed by, or outlive its person. */
async function sessionFaults({ running }: ChatServer): Promise<string[]> {
  const faults: string[] = []
  const open = async (): Promise<ClientSession> =>
    ClientSession.open(
      { crypto: webCrypto, clock: systemClock, trusts: () => true },
      await connectServer({ host: "127.0.0.1", port: running.port }),
    )
  const passes = async (token: Uint8Array): Promise<boolean> => {
    const session = await open()
    const answer = await session.resume(token)
    session.close()
    return answer.type === MessageType.decision && answer.outcome === Outcome.pass
  }
  const signIn = async (): Promise<Uint8Array> => {
    const session = await open()
    const answer = await session.signIn({ name: "Ada", password: PASSWORD })
    session.close()
    if (answer.type !== MessageType.decision || answer.outcome !== Outcome.pass) throw new Error("Ada was refused")
    return answer.token
  }
  const planted = webCrypto.randomBytes(32)
  if (await passes(planted)) faults.push("a token that nobody was given passed")
  const [first, second] = [await signIn(), await signIn()]
  if (Buffer.from(first).equals(Buffer.from(second))) faults.push("two sign-ins share a token")
  if (await passes(planted)) faults.push("a planted token passed after the sign-in")
  if (!(await passes(first))) faults.push("the own token did not pass")
  const flipped = first.slice()
  flipped[31] ^= 1
  if (await passes(flipped)) faults.push("a changed token passed")
  const hash = Buffer.from(await webCrypto.sha256(first)).toString("hex")
  await running.deps.store.revokeSession(hash)
  if (await passes(first)) faults.push("a revoked token passed")
  if (!(await passes(second))) faults.push("revoking one session ended another")
  return faults
}

/** Names, rooms, messages and file names that try to be markup, seen by somebody else. */
async function scriptFaults(server: ChatServer): Promise<string[]> {
  const browser = await openChromium()
  try {
    const faults: string[] = []
    const [eve, ada] = [
      await chatPage(browser, server.origin, EVIL[0], PASSWORD, { viewport: { width: 1280, height: 800 } }),
      await chatPage(browser, server.origin, "Ada", PASSWORD),
    ]
    await eve.page.getByRole("button", { name: "New conversation" }).click()
    await eve.page.getByLabel("Or make a room").fill(EVIL[1])
    await eve.page.getByRole("button", { name: "Make the room" }).click()
    await eve.page.getByRole("button", { name: "Members" }).click()
    await eve.page.getByRole("button", { name: "Invite a person" }).click()
    await eve.page.getByLabel("Name", { exact: true }).fill("Ada")
    await eve.page.getByRole("option", { name: "Ada" }).click()
    await eve.page.locator(".member-name").getByText("Ada", { exact: true }).waitFor()
    for (const text of EVIL) await saying(eve.page, text)
    await eve.page.locator('input[type="file"]').setInputFiles({
      name: `${EVIL[2].replaceAll("/", "")}.html`,
      mimeType: "text/html",
      buffer: randomBytes(64),
    })
    await ada.page.getByRole("link", { name: EVIL[1] }).last().click()
    await untilSaid(ada.page, EVIL[4])
    await ada.page.getByRole("button", { name: /^Fetch/ }).waitFor()
    const seen = await textsOn(ada.page)
    for (const text of EVIL) if (!seen.includes(text)) faults.push(`not shown as it is: ${text}`)
    for (const { page } of [eve, ada]) {
      const made = await page.locator("main :is(img[src='x'], script, svg[onload], a[href^='javascript'])").count()
      if (made > 0) faults.push(`${made} elements were made of texts`)
    }
    return [...faults, ...eve.faults, ...ada.faults]
  } finally {
    await browser.close()
  }
}

export async function pageSecurity(logLine: (text: string) => void): Promise<Figure[]> {
  if (withoutChromium) throw new Error(withoutChromium)
  const server = await chatServer()
  try {
    for (const name of ["Ada", EVIL[0]]) await server.signUp(name, PASSWORD)
    logLine("headers, other sites, sessions")
    const headers = await headerFaults(server.origin)
    const crossSite = await crossSiteFaults(server.origin)
    const sessions = await sessionFaults(server)
    logLine("texts that try to be markup, in two browsers")
    const scripts = await scriptFaults(server)
    return [
      none("answers without the strict headers, with eval allowed, or with a cookie", headers),
      none("things that another site's page gets done (CSRF, sockets)", crossSite),
      none("sessions chosen, guessed, changed or outliving their end (fixation)", sessions),
      none(
        "texts that became markup, dialogs, policy violations (XSS)",
        scripts,
        `${EVIL.length} texts as names and messages`,
      ),
    ]
  } finally {
    await server.stop()
  }
}
