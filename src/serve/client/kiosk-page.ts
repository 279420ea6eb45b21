import { designTokens } from "@sourceprint/core/design-tokens.js"

export type KioskPurpose = "sign-in" | "sign-up"

const titles = { "sign-in": "Sign in", "sign-up": "Sign up" } as const
const codeField = `<label>Enrolment code <input id="code" name="code" maxlength="64"></label>
`

/** The kiosk's page: what it is, how it looks, what it does. Served as three files, so that its policy needs no
 *  exception. */
export const kioskHtml = (purpose: KioskPurpose): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>sourceprint</title>
<link rel="stylesheet" href="/kiosk.css">
<script src="/kiosk.js" defer></script>
</head>
<body>
<main>
<h1>${titles[purpose]}</h1>
<form id="form" autocomplete="off">
<label>Name <input id="name" name="name" required maxlength="64" autofocus></label>
<label>Password <input id="password" name="password" type="password" required></label>
${purpose === "sign-up" ? codeField : ""}<button>${titles[purpose]}</button>
</form>
<ol id="steps" aria-label="Progress"></ol>
<p id="say" role="status" aria-live="polite"></p>
<p id="left" hidden></p>
<img id="image" alt="The captured finger" hidden>
</main>
</body>
</html>
`

export const kioskCss = `${designTokens()}
:root { font: 1.2rem/1.5 var(--text); background: var(--ground); color: var(--ink) }
body { margin: 0; display: grid; place-items: center; min-height: 100vh }
main { width: min(26rem, 92vw); padding: 1.5rem; background: var(--surface); border: 1px solid var(--line);
  border-radius: var(--radius-large); box-shadow: var(--shadow); box-sizing: border-box }
h1 { margin: 0 0 1rem; font-size: 1.6rem }
[hidden] { display: none !important }
form { display: grid; gap: 0.8rem }
label { display: grid }
input, button { font: inherit; padding: 0.5rem; border: 1px solid var(--line-strong); border-radius: var(--radius) }
input { background: var(--surface); color: inherit }
button { cursor: pointer; background: var(--accent); border-color: var(--accent); color: var(--on-accent) }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px }
ol { list-style: none; padding: 0; display: grid; gap: 0.3rem }
li::before { content: "\\25CB"; display: inline-block; width: 1.6rem }
li.now::before { content: "\\25CF" }
li.good::before { content: "\\2713"; color: var(--good) }
li.bad::before { content: "\\2717"; color: var(--bad) }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
#say { min-height: 3em; font-weight: 600 }
img { width: 8rem; border-radius: var(--radius); border: 1px solid var(--line) }
`

export const kioskScript = `"use strict"
const at = (id) => document.getElementById(id)
const states = { waiting: "not yet", now: "under way", good: "done", bad: "not passed" }
const itemOf = ({ label, state }) => {
  const item = document.createElement("li")
  const word = document.createElement("span")
  item.className = state
  item.textContent = label
  word.className = "unseen"
  word.textContent = ": " + states[state]
  item.append(word)
  return item
}
let ticking
const countDown = (leftMs) => {
  clearInterval(ticking)
  at("left").hidden = leftMs === undefined
  if (leftMs === undefined) return
  const untilMs = Date.now() + leftMs
  const tick = () => { at("left").textContent = Math.max(0, Math.ceil((untilMs - Date.now()) / 1000)) + " s left" }
  tick()
  ticking = setInterval(tick, 500)
}
const say = (text) => { at("say").textContent = text }
const notify = (text) => {
  if (!document.hidden || !("Notification" in window) || Notification.permission !== "granted") return
  new Notification("sourceprint", { body: text })
}
let wasBusy = false
new EventSource("/events").onmessage = ({ data }) => {
  const { steps, busy, words, image, leftMs } = JSON.parse(data)
  at("steps").replaceChildren(...steps.map(itemOf))
  at("form").hidden = busy
  countDown(leftMs)
  if (image) { at("image").src = image; at("image").hidden = false }
  if (words) say(words)
  if (wasBusy && !busy) notify(words)
  wasBusy = busy
}
at("form").addEventListener("submit", async (event) => {
  event.preventDefault()
  if ("Notification" in window && Notification.permission === "default") void Notification.requestPermission()
  at("image").hidden = true
  say("")
  at("form").hidden = true
  const body = JSON.stringify({ name: at("name").value, password: at("password").value, code: at("code")?.value ?? "" })
  at("password").value = ""
  const answer = await fetch("/begin", { method: "POST", headers: { "content-type": "application/json" }, body })
  if (!answer.ok) { at("form").hidden = false; say(await answer.text()) }
})
`
