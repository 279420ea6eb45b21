import type { Claim } from "./claim.js"
import { faceStory } from "./pages/face-story.js"
import { fingerStory } from "./pages/finger-story.js"
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

export const claims: readonly Claim[] = [loads, finger, face, look, security]
