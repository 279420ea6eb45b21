import type { Claim, Figure } from "./claim.js"
import { exactly } from "./figure.js"
import { faceStory } from "./pages/face-story.js"
import { fingerStory } from "./pages/finger-story.js"
import { longQueue } from "./pages/long-queue.js"
import { looks } from "./pages/looks.js"
import { pageSecurity } from "./pages/page-security.js"
import { weight } from "./pages/weight.js"

const finger: Claim = {
  title: "sign-up and sign-in by a finger on a linked simulated scanner, in Chromium: who is let in and who is not",
  measure: (logLine) => fingerStory(logLine),
}

const face: Claim = {
  title: "sign-up and sign-in by face in Chromium, its camera a film of ORL pictures: the person, another one, a photo",
  measure: (logLine) => faceStory(logLine),
}

const look: Claim = {
  title: "every page in light and dark, on a phone and a desktop: no serious finding of axe, nothing too wide",
  measure: (logLine) => looks(logLine),
}

const security: Claim = {
  title: "headers, content policy, other sites, sessions, and texts that try to be markup",
  measure: (logLine) => pageSecurity(logLine),
}

const loads: Claim = {
  title: "the first load of a page, as it is sent",
  measure: (logLine) => weight(logLine),
}

const MESSAGES = 1000
/** The server takes 200 at once and 20 a second of one account. */
const MOST_SECONDS = 60

const queue: Claim = {
  title:
    "1,000 messages written while the server was away; SOURCEPRINT_OLD_PAGES=<folder of built pages> measures " +
    "another version of the pages in the same run",
  async measure(logLine) {
    const figures: Figure[] = []
    const old = process.env.SOURCEPRINT_OLD_PAGES
    for (const pagesFolder of old === undefined ? [undefined] : [undefined, old]) {
      const what = pagesFolder === undefined ? "" : ", the other version"
      const got = await longQueue({ messages: MESSAGES, mostSeconds: MOST_SECONDS, pagesFolder }, logLine)
      const figure = { name: `delivered in ${MOST_SECONDS} s${what}`, value: got.delivered, unit: "messages" }
      const note = `${got.seconds.toFixed(1)} s, at most ${got.mostRows} messages in the document`
      figures.push({ ...figure, note, ...(what === "" ? { bound: { is: "at least", value: MESSAGES } } : {}) })
      if (what === "") figures.push(exactly("out of order or twice", got.inOrder ? 0 : 1, 0))
    }
    return figures
  },
}

export const claims: readonly Claim[] = [loads, queue, finger, face, look, security]
