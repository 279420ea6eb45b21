import { join } from "node:path"
import { Rng } from "@sourceprint/core/rng.js"
import type { Browser } from "playwright-core"
import { openChromium } from "../../../test/support/chromium.js"
import { type PosedPictures, posedPictures } from "../../../test/support/face-frames.js"
import { cameraSwitches, type Shot, writeFilm } from "../../../test/support/fake-camera.js"
import { heldPhoto, photoTricks } from "../../../test/support/held-photo.js"
import { sharedData } from "../../../test/support/shared-data.js"
import { watchedPage } from "../../../test/support/watched-page.js"
import type { Figure } from "../claim.js"
import { insistAt, type Staging } from "./insisting-client.js"
import { type PageContext, pageContext } from "./page-context.js"
import { type Ended, endOf, fillSignIn, fillSignUp, takeFactorPolicy } from "./person-at-page.js"

/** The person enrolled, and others of whom one with turned pictures stands in for them. */
const PERSON = 1
const OTHERS = [4, 5, 10, 14, 16, 20]
const CHALLENGE_S = 45

/** Somebody who looks ahead, to the left, ahead, to the right, ahead, and comes closer; over and over. Where there is
 *  no picture turned to one side, one turned to the other is mirrored. */
export function acting({ straight, turnLeft, turnRight }: PosedPictures): Shot[] {
  const shot = (image: Shot["image"], zoom = 0.7): Shot => ({ image, zoom, seconds: 1 })
  const look = (i: number): Shot => shot(straight[i % straight.length])
  const turned = (own: readonly Shot["image"][], opposite: readonly Shot["image"][]): Shot =>
    own.length > 0 ? shot(own[0]) : { ...shot(opposite[0]), mirrored: true }
  return [look(0), turned(turnLeft, turnRight), look(1), turned(turnRight, turnLeft), look(2), shot(straight[0], 0.95)]
}

/** One photo, held to the camera and moved about. */
const photo = ({ straight: [image] }: PosedPictures): Shot[] =>
  [0.7, 0.75, 0.9, 0.95, 0.7].map((zoom) => ({ image, zoom, seconds: 1 }))

/** The shots of `acting` by what they show. */
const stagingOf =
  ([ahead, turnLeft, , turnRight, , moveCloser]: readonly Shot[]): Staging =>
  (pose) =>
    ({ ahead, turnLeft, turnRight, moveCloser, blink: ahead })[pose]

/** A photo that is tilted where a turn is asked, and brought closer where that is. */
const heldStaging =
  (image: Shot["image"], rng: Rng): Staging =>
  (pose) => {
    const toward = { turnLeft: 1, turnRight: -1, moveCloser: 0, blink: 0, ahead: 0 }[pose]
    const held = toward === 0 ? image : heldPhoto(image, photoTricks.tilted(toward, rng))
    return { image: held, seconds: 1, zoom: pose === "moveCloser" ? 0.95 : 0.7 }
  }

async function actingOther(folder: string): Promise<PosedPictures> {
  for (const person of OTHERS) {
    const posed = await posedPictures(folder, person)
    if (posed.turnLeft.length + posed.turnRight.length > 0 && posed.straight.length > 1) return posed
  }
  throw new Error(`none of the ORL people ${OTHERS.join(", ")} has a picture turned to a side`)
}

/** Sign-up and sign-in by face in Chromium, its camera a film of ORL pictures: the person, another one, a photo. */
export async function faceStory(logLine: (text: string) => void): Promise<readonly Figure[]> {
  const orl = sharedData("orl_faces")
  if (orl === undefined) throw new Error("the ORL faces are not on this machine")
  const person = await posedPictures(orl, PERSON)
  const other = await actingOther(orl)
  const context = await pageContext(CHALLENGE_S)
  const faults: string[] = []
  const before = async <T>(shots: readonly Shot[], seed: string, work: (browser: Browser) => Promise<T>) => {
    const film = join(context.folder, "camera.y4m")
    await writeFilm(film, shots, seed)
    const browser = await openChromium(cameraSwitches(film))
    try {
      return await work(browser)
    } finally {
      await browser.close()
    }
  }
  const signIn = (shots: readonly Shot[], seed: string): Promise<Ended> =>
    before(shots, seed, async (browser) => {
      const watched = await watchedPage(browser, context.origin)
      await fillSignIn(watched.page, context.origin, "Ada")
      await watched.page.getByRole("button", { name: "Sign in" }).click()
      await watched.page.getByRole("button", { name: "Start the camera" }).click()
      const ended = await endOf(watched.page)
      faults.push(...watched.faults)
      logLine(`${seed}: ${ended}`)
      return ended
    })
  try {
    const enrolled = await before(acting(person), "sign-up", (browser) => signUp(browser, context, faults))
    logLine(enrolled)
    const genuine = await signIn(acting(person), "the person")
    const impostor = await signIn(acting(other), "another person")
    const still = await signIn(photo(person), "a photo")
    logLine("the same, their frames sent past the page's guide")
    const rng = new Rng("past the guide")
    const impostorSent = await insistAt(context, "Ada", stagingOf(acting(other)), rng)
    logLine(`another person: ${impostorSent.end}, ${impostorSent.reasons.join(", ")}`)
    const photoSent = await insistAt(context, "Ada", heldStaging(person.straight[0], rng), rng)
    logLine(`a photo: ${photoSent.end}, ${photoSent.reasons.join(", ")}`)
    const decided = (await context.store.auditAfter(0, 1000)).filter(({ event }) => event === "sign-in")
    const note = decided.map(({ reason, detail }) => `${reason} ${detail?.score ?? ""}`.trim()).join(", ")
    const of1 = (holds: boolean): Pick<Figure, "value" | "unit" | "bound"> => ({
      value: holds ? 1 : 0,
      unit: "of 1",
      bound: { is: "exactly", value: 1 },
    })
    return [
      { name: "the enrolled person signed in", ...of1(genuine === "passed"), note },
      {
        name: "another person, doing all that is asked, not let in",
        ...of1(impostor !== "passed"),
        note: impostor,
      },
      { name: "a photo, moved before the camera, not let in", ...of1(still !== "passed"), note: still },
      {
        name: "another person's frames, sent past the guide: refused by the server for the face",
        ...of1(impostorSent.end === "refused" && impostorSent.reasons.includes("face")),
        note: impostorSent.reasons.join(", "),
      },
      {
        name: "a photo's frames, turned and brought closer, sent past the guide: refused by the server, not alive",
        ...of1(photoSent.end === "refused" && photoSent.reasons.every((reason) => reason === "liveness")),
        note: photoSent.reasons.join(", "),
      },
      {
        name: "console errors, policy violations, outside requests",
        value: faults.length,
        unit: "",
        bound: { is: "exactly", value: 0 },
        ...(faults.length > 0 ? { note: faults.slice(0, 3).join("; ") } : {}),
      },
    ]
  } finally {
    await context.stop()
  }
}

async function signUp(browser: Browser, { origin }: PageContext, faults: string[]): Promise<string> {
  const watched = await watchedPage(browser, origin)
  const { page } = watched
  await fillSignUp(page, origin, "Ada")
  await page.getByRole("button", { name: "Sign up" }).click()
  await takeFactorPolicy(page, "Face")
  await page.getByRole("button", { name: "Start the camera" }).click()
  const frames = page.locator(".ring span")
  let words = ""
  const made = page.getByText("Your account is made.")
  for (let i = 0; i < 600 && !(await made.isVisible()); i++) {
    words = (await frames.textContent({ timeout: 200 }).catch(() => null)) ?? words
    await page.waitForTimeout(200)
  }
  await made.waitFor({ timeout: 1000 })
  faults.push(...watched.faults)
  return `signed up by face: ${words}`
}
