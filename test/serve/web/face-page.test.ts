import assert from "node:assert/strict"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { utf8 } from "@sourceprint/core/bytes.js"
import { readGrayImage } from "@sourceprint/core/image/read-image.js"
import type { FaceRequest } from "@sourceprint/serve/server/auth/inspection/inspector.js"
import type { Browser, Page } from "playwright-core"
import { textInspector } from "../../support/auth-server.js"
import { openChromium, withoutChromium } from "../../support/chromium.js"
import { cameraSwitches, writeFilm } from "../../support/fake-camera.js"
import { type PageServer, pageServer } from "../../support/page-server.js"
import { sharedData, withoutData } from "../../support/shared-data.js"
import { watchedPage } from "../../support/watched-page.js"

/** What the page does before the camera; what the server makes of real frames is proven in test/match/face, and the two
 *  together by `npm run prove -- pages`. */
const skip = withoutChromium || withoutData("orl_faces")
const PASSWORD = "crooked lamp under seven bridges"
let folder: string
let browser: Browser
let web: PageServer
const requests: FaceRequest[] = []
/** Fake at the face inspector's port: takes what it is told to. */
const faults: ("liveness" | undefined)[] = []
const faces = {
  matcherId: "any-face",
  judge: (request: FaceRequest, onLooked?: (frames: number) => void) => {
    requests.push(request)
    for (let i = 1; i <= request.frames.length; i++) onLooked?.(i)
    const fault = faults.shift()
    const known = request.references.length > 0
    const detail = { headScore: 2, headThreshold: 0.5, ...(known && { faceScore: 1.9, faceThreshold: 1.6 }) }
    return Promise.resolve({ fault, detail, template: fault === undefined ? utf8("face") : undefined })
  },
  close: () => Promise.resolve(),
}

before(async () => {
  if (skip) return
  folder = await mkdtemp(join(tmpdir(), "film-"))
  const film = join(folder, "camera.y4m")
  const shot = async (i: number) => ({
    image: await readGrayImage(join(sharedData("orl_faces") ?? "", "s1", `${i}.pgm`)),
    seconds: 0.8,
    zoom: 0.7,
  })
  // Ahead, to the person's left, ahead with another expression, to the right.
  await writeFilm(film, [await shot(1), await shot(5), await shot(3), await shot(6)], "test")
  browser = await openChromium(cameraSwitches(film))
  const policy = {
    factorPolicies: [["password", "face"]],
    faceActions: ["turnLeft"],
    faceActionsAtATime: 1,
    refuseSeenImages: false, // the film comes round again
  } as const
  web = await pageServer({ policy, inspector: { ...textInspector, faces } })
})
after(async () => {
  await browser?.close()
  await web?.stop()
  if (folder !== undefined) await rm(folder, { recursive: true })
})

async function signIn(page: Page): Promise<void> {
  await page.goto(`${web.origin}/sign-in`)
  await page.getByLabel("Name").fill("Ada")
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD)
  await page.getByRole("button", { name: "Sign in" }).click()
  await page.getByRole("button", { name: "Start the camera" }).click()
}

test("a face is captured as the page guides, at sign-up and at sign-in", { skip }, async () => {
  const {
    page,
    faults: wrong,
    close,
  } = await watchedPage(browser, web.origin, {
    viewport: { width: 390, height: 844 },
  })
  await page.goto(`${web.origin}/sign-up`)
  await page.getByLabel("Name").fill("Ada")
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD)
  await page.getByLabel("Password again", { exact: true }).fill(PASSWORD)
  await page.getByRole("button", { name: "Sign up" }).click()
  await page.getByRole("button", { name: "Start the camera" }).click()
  await page.getByText("Turn your head to your left").waitFor()
  await page.getByText("Your account is made.").waitFor()
  const [enrolled] = requests
  assert.equal(enrolled.enrols, true)
  assert.deepEqual(enrolled.actions, ["turnLeft"])
  assert.ok(enrolled.frames.length >= 3 && enrolled.frames.length <= 24, `${enrolled.frames.length} frames`)
  for (const frame of enrolled.frames) assert.deepEqual([...frame.slice(0, 3)], [0xff, 0xd8, 0xff])

  faults.push("liveness")
  await signIn(page)
  const told = page.locator(".steps .good .step-detail", { hasText: "at least" })
  await page.getByText("Once more, please").waitFor()
  assert.equal(await told.count(), 0)
  const steps = page.getByRole("list", { name: "Progress of the check" })
  await steps.getByText("1.90, at least 1.60").waitFor()
  const pictures = requests[2].frames.length
  assert.match(await steps.locator("li").first().innerText(), new RegExp(`${pictures} of ${pictures}`))
  await page.waitForURL(`${web.origin}/chat`)
  assert.equal(requests.length, 3)
  assert.deepEqual(wrong, [])
  await close()
})
