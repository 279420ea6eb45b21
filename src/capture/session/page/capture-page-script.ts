/** What runs in the capture page. Text from the session is only ever set as text. */
export const capturePageScript = `"use strict"
const key = new URLSearchParams(location.search).get("key")
const at = (id) => document.getElementById(id)
const words = (finger) => finger.replace("-", " ")
function prompt(text, detail, mood) {
  at("prompt").textContent = text
  at("prompt").className = mood || ""
  at("detail").textContent = detail || ""
}
function log(text) {
  const line = document.createElement("li")
  line.textContent = new Date().toLocaleTimeString() + "  " + text
  at("log").prepend(line)
}
function time(ms) {
  if (ms === undefined || ms === null) return ""
  const s = Math.round(ms / 1000)
  return ", about " + (s < 60 ? s + " s" : Math.ceil(s / 60) + " min") + " left"
}
function progress(p) {
  at("bar").max = p.total
  at("bar").value = p.done + p.skipped
  const skipped = p.skipped ? ", " + p.skipped + " skipped" : ""
  at("sofar").textContent = p.done + " of " + p.total + skipped + time(p.remainingMs)
}
function choose(id) {
  for (const one of ["decide", "agree"]) at(one).hidden = one !== id
  if (id) at(id).querySelector("button").focus()
}
const show = {
  opened: (e) => log(e.scanner + ": " + e.sensor),
  consent: (e) => { prompt("Consent of " + e.subject, e.text, "busy"); choose("agree") },
  place: (e) => {
    choose()
    const again = e.refused ? ", again (" + e.refused + " refused)" : ""
    const { finger, subject, scanner, impression } = e.step
    const which = ": " + impression + " of " + e.impressions + again
    prompt("Place the " + words(finger), subject + " on " + scanner + which)
    progress(e.progress)
  },
  reading: () => prompt("Hold still …", "the image is being read", "busy"),
  image: (e) => {
    at("image").src = e.image.url
    at("image").hidden = false
    at("image").alt = "Touch of the " + words(e.step.finger) + " of " + e.step.subject
    at("caption").textContent = e.step.path + ", " + e.image.width + " × " + e.image.height
    at("quality").replaceChildren(...Object.entries(e.quality).flatMap(([name, value]) => {
      const dt = document.createElement("dt")
      const dd = document.createElement("dd")
      dt.textContent = name
      dd.textContent = value.toFixed(2)
      return [dt, dd]
    }))
  },
  refused: (e) => {
    prompt("Another touch, please", e.reasons.join("\\n"), "bad")
    log("refused " + e.step.path + ": " + e.reasons.join("; "))
    if (e.decide) choose("decide")
  },
  saved: (e) => { choose(); progress(e.progress); log("saved " + e.sample.path) },
  lift: (e) => {
    if (at("prompt").className !== "bad") prompt("Lift the finger", "", "good")
    else at("detail").textContent += "\\nLift the finger."
  },
  skipped: (e) => { choose(); log("skipped " + e.step.path + ": " + e.why) },
  undone: (e) => log("removed " + e.path),
  noted: (e) => log("note: " + e.text),
  trouble: (e) => { prompt("A moment", e.message + "\\n" + e.cure, "bad"); log(e.message) },
  finished: (e) => {
    choose()
    progress(e.progress)
    if (e.complete) prompt("The plan is complete", "Thank you.", "good")
    else prompt("Stopped", "The same command goes on.", "good")
  },
}
async function act(action) {
  await fetch("/action?key=" + encodeURIComponent(key), {
    method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(action),
  })
}
const actions = {
  s: () => act({ do: "skip" }), u: () => act({ do: "undo" }), q: () => act({ do: "quit" }),
  a: () => act({ do: "again" }), k: () => act({ do: "keep" }),
  y: () => act({ do: "consent", given: true }), x: () => act({ do: "consent", given: false }),
  n: () => { at("noting").hidden = false; at("note").focus() },
}
const usable = (name) => {
  const button = document.querySelector("[data-key=" + name + "]")
  return button && !button.closest("[hidden]") && !button.disabled
}
document.addEventListener("keydown", (event) => {
  if (event.target === at("note") || event.ctrlKey || event.metaKey || event.altKey) return
  if (actions[event.key] && usable(event.key)) { event.preventDefault(); actions[event.key]() }
})
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-key]")
  if (button) actions[button.dataset.key]()
})
at("note").addEventListener("keydown", (event) => { if (event.key === "Escape") { at("noting").hidden = true } })
at("noting").addEventListener("submit", (event) => {
  event.preventDefault()
  const text = at("note").value.trim()
  if (text) act({ do: "note", text })
  at("note").value = ""
  at("noting").hidden = true
})
const stream = new EventSource("/events?key=" + encodeURIComponent(key))
stream.onmessage = (message) => { const event = JSON.parse(message.data); show[event.kind](event) }
stream.onerror = () => log("the session is not there; waiting for it")
`
