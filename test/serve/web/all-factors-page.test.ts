import assert from "node:assert/strict"
import { randomBytes } from "node:crypto"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { concat, utf8 } from "@sourceprint/core/bytes.js"
import { systemClock } from "@sourceprint/core/clock.js"
import { readGrayImage } from "@sourceprint/core/image/read-image.js"
import type { Device } from "@sourceprint/protocol/device-signature.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import { type ClientSignInContext, runEnrolment, runSignIn } from "@sourceprint/serve/client/run-client.js"
import type { Browser, Page } from "playwright-core"
import { quickStretching, textInspector, touch } from "../../support/auth-server.js"
import { openChromium, withoutChromium } from "../../support/chromium.js"
import { cameraSwitches, writeFilm } from "../../support/fake-camera.js"
import { type HandScanner, handScanner } from "../../support/linked-scanner.js"
import { type PageServer, pageServer } from "../../support/page-server.js"
import { until } from "../../support/patience.js"
import { sharedData, withoutData } from "../../support/shared-data.js"
import { reconnected, watchedPage } from "../../support/watched-page.js"

/** Finger and face and password in one sign-in, the account's own page under it, and a server that is started again, or
 *  whose answer is lost, in the middle of each. */
const skip = withoutChromium || withoutData("orl_faces")
const PASSWORD = "crooked lamp under seven bridges"
let folder: string
let browser: Browser
let web: PageServer
let device: Device
let scanner: HandScanner
/** Called when the server has judged a face, before anybody is told. */
let onJudged = (): void => {}
/** Fake at the face inspector's port: takes every face. */
const faces = {
  matcherId: "any-face",
  judge: () => {
    onJudged()
    return Promise.resolve({ fault: undefined, detail: {}, template: utf8("face") })
  },
  close: () => Promise.resolve(),
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "film-"))
  const policy = {
    factorPolicies: [["password", "finger", "scanner", "face"]],
    faceActions: ["turnLeft"],
    faceActionsAtATime: 1,
    capturesPerEnrolment: 1,
    refuseSeenImages: false, // the film comes round again
  } as const
  web = await pageServer({ policy, inspector: { ...textInspector, faces } })
  device = await web.addDevice("desk", "r307-1")
  if (skip) return
  const shot = async (i: number) => ({
    image: await readGrayImage(join(sharedData("orl_faces") ?? "", "s1", `${i}.pgm`)),
    seconds: 0.8,
    zoom: 0.7,
  })
  const film = join(folder, "camera.y4m")
  await writeFilm(film, [await shot(1), await shot(5), await shot(3), await shot(6)], "test")
  browser = await openChromium(cameraSwitches(film))
})
after(async () => {
  await browser?.close()
  await web.stop()
  await rm(folder, { recursive: true })
})

const link = async (): Promise<void> => {
  scanner = await handScanner(web, device, "front desk")
}

const restart = async (): Promise<void> => {
  await web.restart()
  await link()
}

async function fill(page: Page, path: "/sign-up" | "/sign-in"): Promise<void> {
  await page.goto(web.origin + path)
  await page.getByLabel("Name").fill("Ada")
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD)
  if (path === "/sign-up") await page.getByLabel("Password again", { exact: true }).fill(PASSWORD)
}

async function giveFinger(page: Page, finger = "ada"): Promise<void> {
  await page.getByRole("button", { name: "Use this scanner" }).click()
  await page.locator(".code-digits").waitFor()
  scanner.give(touch(finger, "r307-1"))
}

const startCamera = (page: Page): Promise<void> => page.getByRole("button", { name: "Start the camera" }).click()
const lost = (page: Page): Promise<void> => page.getByText("The connection to the server was lost").waitFor()

async function kinds(): Promise<string[]> {
  const account = await web.store.accountByName("ada")
  const templates = await web.store.templates(account?.id ?? "")
  return templates.map(({ modality, finger }) => `${modality} ${finger}`).sort()
}

test("finger and face in one, at sign-up, at sign-in and on the account's page, through restarts and lost answers", {
  skip,
}, async () => {
  await link()
  const { page, close } = await watchedPage(browser, web.origin)
  /** True: what the server says on the page's connections is lost, and they end. */
  let cut = false
  await page.routeWebSocket("**/v1/socket", (socket) => {
    const server = socket.connectToServer()
    server.onMessage((message) => {
      if (cut) void socket.close()
      else socket.send(message)
    })
  })

  // Sign-up: a restart is told, leaves nothing, and one continues from the same form.
  await fill(page, "/sign-up")
  await page.getByRole("button", { name: "Sign up" }).click()
  await page.getByRole("button", { name: "Use this scanner" }).click()
  await page.locator(".code-digits").waitFor()
  await restart()
  await lost(page)
  assert.equal(await web.store.accountByName("ada"), undefined)
  await page.getByRole("button", { name: "Sign up" }).click()
  await giveFinger(page)
  await startCamera(page)
  // The answer that the account is made is lost on the way: the same form asks again and is told.
  onJudged = () => {
    cut = true
  }
  await page.getByText("The connection to the server was lost").waitFor()
  assert.deepEqual(await kinds(), ["face face", "finger right-index"])
  onJudged = () => {}
  cut = false
  await page.getByRole("button", { name: "Sign up" }).click()
  await page.getByText("Your account is made.").waitFor()

  // Sign-in: a restart between finger and face is told; then all of it once more.
  await fill(page, "/sign-in")
  await page.getByRole("button", { name: "Sign in" }).click()
  await giveFinger(page)
  await page.getByRole("button", { name: "Start the camera" }).waitFor()
  await restart()
  await lost(page)
  await page.getByRole("button", { name: "Sign in" }).click()
  await giveFinger(page)
  await startCamera(page)
  await page.waitForURL(`${web.origin}/chat`)
  await page.getByRole("link", { name: "Account" }).click()
  await page.getByText("password, finger, scanner, face").waitFor()

  // A further finger and another face: a restart in the middle adds nothing, and the page continues by itself
  // afterwards.
  await page.getByRole("button", { name: "Add a finger" }).click()
  await page.getByRole("heading", { name: "Add a finger" }).waitFor()
  await page.getByLabel("Which finger").selectOption("left-thumb")
  await page.getByRole("button", { name: "Go on" }).click()
  await page.getByRole("button", { name: "Use this scanner" }).waitFor()
  await restart()
  await lost(page)
  assert.deepEqual(await kinds(), ["face face", "finger right-index"])
  await page.getByRole("button", { name: "Go on" }).click()
  await giveFinger(page, "ada")
  await page.getByText("Finger: left thumb").waitFor()
  const focused = () => page.evaluate(() => document.activeElement?.textContent ?? "")
  await until(async () => (await focused()) === "How you sign in", "the focus is not lost with what was closed")

  await page.getByRole("button", { name: "Add your face" }).click()
  await page.getByRole("button", { name: "Start the camera" }).waitFor()
  await restart()
  await reconnected(page)
  await startCamera(page)
  await page.getByText(/connection was lost meanwhile/).waitFor()
  assert.equal((await kinds()).length, 3)
  await page.getByRole("button", { name: "Add your face" }).click()
  await startCamera(page)
  await page.getByText("Your face is enrolled.").waitFor()
  assert.deepEqual(await kinds(), ["face face", "face face", "finger left-thumb", "finger right-index"])

  // What is not needed may go; the last of what a sign-in asks may not.
  const remove = async (finger: string): Promise<void> => {
    await page.getByRole("button", { name: `Remove Finger: ${finger}` }).click()
    await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click()
  }
  await remove("right index")
  await page.getByRole("listitem").filter({ hasText: "right index" }).waitFor({ state: "detached" })
  await remove("left thumb")
  await page.getByRole("dialog").getByText("without it you could not sign in any more").waitFor()
  await page.getByRole("button", { name: "Keep it" }).click()

  // Codes whose answer was lost may have been made: the page says so.
  await page.getByRole("listitem").filter({ hasText: "left thumb" }).waitFor()
  cut = true
  await page.getByRole("button", { name: "Get recovery codes" }).click()
  await page.getByText("make new ones to be sure").waitFor()
  cut = false
  await reconnected(page)
  await page.getByText("10 codes are left").waitFor()
  await page.getByRole("button", { name: "Make new codes" }).click()
  await page.locator(".codes li").nth(9).waitFor()
  await close()
  scanner.port.close()
})

test("finger and face in one from a terminal, through a lost connection", async () => {
  let connections = 0
  const context: ClientSignInContext = {
    deps: { crypto: webCrypto, clock: systemClock, trusts: () => true },
    connect: () => {
      connections++
      return web.connect()
    },
    device,
    fingers: {
      capture: () => Promise.resolve({ image: touch("tess", "r307-1"), takenAtMs: Date.now() }),
      close: () => Promise.resolve(),
    },
    faces: {
      show: async (actions) => {
        if (connections === 1) await web.restart() // in the middle: what was begun is gone, and begun again
        const image = concat([Uint8Array.of(0xff, 0xd8, 0xff), randomBytes(40)])
        const frames = Array.from({ length: 1 + 2 * actions.length }, (_, i) => ({
          offsetMs: 200 * i,
          image,
        }))
        return { frames, takenAtMs: Date.now() }
      },
    },
    tell: () => {},
    sleep: () => Promise.resolve(),
  }
  const person = { name: "Tess", password: PASSWORD, stretching: quickStretching }
  const enrolment = { ...person, enrolmentId: randomBytes(32), code: "", finger: "thumb" }
  assert.deepEqual(await runEnrolment(context, enrolment), { outcome: "enrolled" })
  connections = 0
  assert.equal((await runSignIn(context, person)).outcome, "passed")
  assert.equal(connections, 2)
  const { faces: _, ...fingerAlone } = context
  const refused = await runSignIn(fingerAlone, person)
  assert.deepEqual([refused.outcome, refused.token], ["refused", undefined])
  const account = await web.store.accountByName("tess")
  const sessions = await web.store.sessions(account?.id ?? "", Date.now())
  assert.deepEqual(
    sessions.map(({ factors }) => factors),
    [["password", "finger", "scanner", "face"]],
  )
})
